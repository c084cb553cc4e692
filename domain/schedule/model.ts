/** Working hours of an account. Local times are minutes since midnight in `timeZone` (IANA). */
export interface Schedule {
  timeZone: string;
  /** Spans per weekday, Monday = 0 … Sunday = 6; several a day; `[from, to)` minutes 0–1440. */
  week: { from: number; to: number }[][];
  /** Local dates (`2026-01-07`) on which nobody works, or the spans that replace the weekday's. */
  holidays: { date: string; spans?: { from: number; to: number }[] }[];
}
