import { type Place, place } from '../read.ts';
import { define } from './handler.ts';

/** Stops until the client writes, then goes on at the given place with that message in hand. */
export const waitAnswer = define<Place>({
  name: 'wait_answer',
  unreadable: 'fail',
  read(params, report) {
    const target = place(params);
    if (target === undefined) report('error', 'missing_step');
    return target;
  },
  inspect: (target) => ({ leaves: true, targets: [{ path: '', place: target }] }),
  run: (target) => ({ type: 'wait', message: target, timers: [] }),
});
