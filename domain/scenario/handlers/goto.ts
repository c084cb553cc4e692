import { type Place, place } from '../read.ts';
import { define } from './handler.ts';

/** A jump: the rest of the list is not run. */
export const goto = define<Place>({
  name: 'goto',
  unreadable: 'fail',
  read(params, report) {
    const target = place(params);
    if (target === undefined) report('error', 'missing_step');
    return target;
  },
  inspect: (target) => ({ leaves: true, targets: [{ path: '', place: target }] }),
  run(target, context) {
    context.note('jumped', { place: target.type, step: target.step });
    return { type: 'jump', place: target };
  },
});
