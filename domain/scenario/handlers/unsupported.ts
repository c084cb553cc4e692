/** Handlers the language knows and this release does not run. Supporting one is a file of its own and a changed row in `index.ts`. */
import { failure } from '../ended-words.ts';
import { list, record } from '../read.ts';
import { define, NEXT, type RegisteredHandler, type Report } from './handler.ts';

/** `acts`: skipped and traced. `decides`: a run that reaches it ends as failed. A function tells by the params. */
export function unsupported(name: string, role: 'acts' | 'decides' | ((params: unknown) => 'acts' | 'decides')): RegisteredHandler {
  return define<{ decides: boolean }>({
    name,
    unreadable: 'skip',
    read(params, report: Report) {
      const decides = (typeof role === 'function' ? role(params) : role) === 'decides';
      // a warning also where it decides: other ways through the bot work; what no run can avoid is found by the checks of the whole
      report('warning', decides ? 'unsupported_decides' : 'unsupported_acts', '', { handler: name.slice(0, 60) });
      return { decides };
    },
    inspect: ({ decides }) => ({ supported: false, decides, leaves: decides }),
    run({ decides }, context) {
      context.note(decides ? 'failed' : 'skippedUnsupported');
      return decides ? { type: 'fail', words: failure('unsupported', name) } : NEXT;
    },
  });
}

const WAYS = new Set(['goto', 'wait_answer', 'waits', 'wait', 'buttons', 'exits', 'finish']);

/** A handler nobody knows: it decides the way when a jump or a wait stands somewhere inside it. */
export function unknownHandler(name: string): RegisteredHandler {
  return unsupported(name, (params) => (holdsWay(params, 0) ? 'decides' : 'acts'));
}

function holdsWay(value: unknown, depth: number): boolean {
  if (depth > 40) return true; // deeper than any real file: better to stop than to lose the way
  const tree = record(value);
  if (tree !== undefined && typeof tree.handler === 'string' && WAYS.has(tree.handler)) return true;
  const inner = tree === undefined ? (list(value) ?? []) : Object.values(tree);
  return inner.some((entry) => typeof entry === 'object' && entry !== null && holdsWay(entry, depth + 1));
}
