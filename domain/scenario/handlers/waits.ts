import { list, type Place, place, record, text, whole } from '../read.ts';
import { define, type RegisteredHandler, type Report } from './handler.ts';

export interface WaitsParams {
  message?: Place;
  timers: { delayMs: number; place: Place }[];
}

/** The editor's longest pause: 8760 hours, 60 minutes and 60 seconds. */
const LONGEST_SECONDS = 8760 * 3600 + 60 * 60 + 60;

/** The pause: a race between the client's message and timers. A message without a place of its own goes to the step's answers. */
export const waits = defineWaits('waits');

/** The same in the spelling of drawings. */
export const wait = defineWaits('wait');

function defineWaits(name: string): RegisteredHandler {
  return define<WaitsParams>({
    name,
    unreadable: 'fail',
    read: readWaits,
    inspect: ({ message, timers }) => ({
      leaves: true,
      targets: [...(message === undefined ? [] : [message]), ...timers.map((timer) => timer.place)].map((target) => ({
        path: 'conditions',
        place: target,
      })),
    }),
    run: ({ message, timers }) => ({ type: 'wait', message, timers }),
  });
}

/** Reads a pause; undefined when nothing in it can ever come. */
export function readWaits(params: unknown, report: Report): WaitsParams | undefined {
  const tree = record(params);
  const conditions = list(tree?.conditions) ?? (record(tree?.event) === undefined ? [] : [tree]);
  const read: WaitsParams = { timers: [] };
  for (const [index, entry] of conditions.entries()) {
    const condition = record(entry);
    const event = record(condition?.event);
    const target = place(condition?.action);
    const path = `conditions[${index}]`;
    switch (kindOf(text(event?.source), text(event?.action))) {
      case 'message':
        if (target === undefined) report('error', 'missing_step', `${path}.action`);
        else read.message ??= target;
        break;
      case 'timer': {
        const seconds = whole(event?.delay) ?? (typeof event?.delay === 'number' && event.delay > 0 ? Math.ceil(event.delay) : undefined);
        if (target === undefined) report('error', 'missing_step', `${path}.action`);
        else if (seconds === undefined || seconds < 0) report('error', 'bad_delay', `${path}.event.delay`);
        else {
          if (seconds > LONGEST_SECONDS) report('warning', 'bad_delay', `${path}.event.delay`);
          read.timers.push({ delayMs: Math.min(seconds, LONGEST_SECONDS) * 1000, place: target });
        }
        break;
      }
      default:
        report('warning', 'unsupported_wait', `${path}.event`);
    }
  }
  if (read.message !== undefined || read.timers.length > 0) return read;
  report('error', 'no_conditions', 'conditions');
  return undefined;
}

function kindOf(source: string | undefined, action: string | undefined): 'message' | 'timer' | undefined {
  if (source === 'message_received') return 'message';
  if (source === 'message') return action === undefined || action === 'received' ? 'message' : undefined;
  return source === 'timer' && (action === undefined || action === 'ended') ? 'timer' : undefined;
}
