import { define, NEXT } from './handler.ts';

/** Ends the run like `_stop` in drawings: the step's `finish` list still runs. */
export const finish = define<true>({
  name: 'finish',
  unreadable: 'skip',
  read: () => true,
  inspect: () => ({ leaves: true, decides: true }),
  run: () => ({ type: 'stop' }),
});

/** The fixed first node of drawings: marks where a bot begins, does nothing. */
export const start = define<true>({ name: '_start', unreadable: 'skip', read: () => true, run: () => NEXT });

/** The end node of drawings. */
export const drawnStop = define<true>({
  name: '_stop',
  unreadable: 'skip',
  read: () => true,
  inspect: () => ({ leaves: true, decides: true }),
  run: () => ({ type: 'stop' }),
});
