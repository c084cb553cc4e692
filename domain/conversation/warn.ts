import type { Schedule } from '../schedule/model.ts';
import { addWorkingTime, workingTimeBetween } from '../schedule/working-time.ts';

/**
 * From when a waiting client is shown in amber: half of the time for an answer is over. `schedule` where that time is counted in working hours: then
 * half of those, so that a night or a weekend before the deadline warns of nothing.
 */
export function warnsAt(waitingSince: number, answerDueAt: number, schedule: Schedule | undefined): number {
  const half = waitingSince + (answerDueAt - waitingSince) / 2;
  if (schedule === undefined) return half;
  return addWorkingTime(schedule, waitingSince, workingTimeBetween(schedule, waitingSince, answerDueAt) / 2) ?? half;
}
