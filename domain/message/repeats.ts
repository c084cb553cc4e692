import { abilitiesOf, CHANNEL_TYPES } from './abilities.ts';
import type { ChannelAbilities } from './model.ts';

const BEGIN = '<!-- repeats: written by npm run docs:matrix -->';
const END = '<!-- /repeats -->';

/** Types whose parts are with the client as soon as they are stored: no call is made that could be lost. */
const BY_ROW: readonly string[] = ['webchat'];

/** What may come of a part whose process died after the call had left, by messenger and by the account's setting, in Markdown. */
export function repeatsTable(): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const row = ({ type, idempotentSend }: ChannelAbilities) => {
    if (BY_ROW.includes(type)) return line([type, 'no call is made', 'once', 'once']);
    if (idempotentSend) return line([type, 'yes', 'once', 'once']);
    return line([type, 'no', 'once or twice', 'marked unknown, a person is asked; the rest of the message waits for the answer']);
  };
  const head = ['Messenger', 'Drops a repeated send', '“Send again”', '“Mark and ask”'];
  return [line(head), line(head.map(() => '---')), ...CHANNEL_TYPES.map(abilitiesOf).map(row)].join('\n');
}

/** The page with the table in its place; throws where the page has no place for it. */
export function withRepeats(page: string, table: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new RangeError(`docs/guarantees.md needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n${table}\n${page.slice(to)}`;
}
