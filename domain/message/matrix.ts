import { abilitiesOf, CHANNEL_TYPES } from './abilities.ts';
import type { ChannelAbilities } from './model.ts';

const BEGIN = '<!-- matrix: written by npm run docs:matrix -->';
const END = '<!-- /matrix -->';
const MB = 1_000_000;

const OWN_APP: Record<ChannelAbilities['ownAppReplies'], string> = {
  no: 'no',
  unnamed: 'yes, without their author',
  byTheirId: 'yes, with their author',
  byOurId: 'yes, with their author',
};
const yesNo = (value: boolean) => (value ? 'yes' : 'no');
const megabytes = (bytes: number) => `${bytes / MB} MB`;

const ROWS: [string, (abilities: ChannelAbilities) => string][] = [
  ['Text, characters', ({ textLimit }) => String(textLimit)],
  ['Text beside files', ({ captionLimit }) => String(captionLimit)],
  ['Files in one message', ({ albums }) => albums.map(({ kinds, most }) => `${most} (${kinds.join(', ')})`).join('; ') || '1'],
  ['Buttons', ({ buttons }) => String(buttons.most)],
  ['Button’s label', ({ buttons }) => String(buttons.labelLimit)],
  ['Buttons with addresses', ({ buttons }) => yesNo(buttons.urls)],
  ['Buttons beside one file', ({ buttonsWithOne }) => yesNo(buttonsWithOne)],
  ['Buttons beside several files', ({ buttonsWithAlbum }) => yesNo(buttonsWithAlbum)],
  ['Picture', ({ fileBytesLimit }) => megabytes(fileBytesLimit.picture)],
  ['Video', ({ fileBytesLimit }) => megabytes(fileBytesLimit.video)],
  ['File', ({ fileBytesLimit }) => megabytes(fileBytesLimit.file)],
  ['Tells of delivery', ({ receipts }) => yesNo(receipts.delivered)],
  ['Tells of reading', ({ receipts }) => yesNo(receipts.read)],
  ['Tells of edits', ({ tells }) => yesNo(tells.edits)],
  ['Tells of deletions', ({ tells }) => yesNo(tells.deletions)],
  ['Tells of reactions', ({ tells }) => yesNo(tells.reactions)],
  ['Replies in its own app', ({ ownAppReplies }) => OWN_APP[ownAppReplies]],
  ['Drops a repeated send', ({ idempotentSend }) => yesNo(idempotentSend)],
  ['We may write first', ({ canWriteFirst }) => yesNo(canWriteFirst)],
  ['Calls a second', ({ rate }) => String(rate.perSecond)],
];

/** The table of all messengers in Markdown, one column each. */
export function matrixTable(): string {
  const all = CHANNEL_TYPES.map(abilitiesOf);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...all.map(({ type }) => type)]),
    line(['---', ...all.map(() => '---')]),
    ...ROWS.map(([name, cell]) => line([name, ...all.map(cell)])),
  ].join('\n');
}

/** The page with the table in its place; throws where the page has no place for it. */
export function withMatrix(page: string, table: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new RangeError(`docs/channels.md needs the lines ${BEGIN} and ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n${table}\n${page.slice(to)}`;
}
