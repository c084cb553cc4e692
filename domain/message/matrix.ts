import { abilitiesOf, CHANNEL_TYPES } from './abilities.ts';
import { HEARD, type Heard } from './heard.ts';
import type { ChannelAbilities } from './model.ts';

const MB = 1_000_000;

const OWN_APP: Record<ChannelAbilities['ownAppReplies'], string> = {
  no: 'no',
  unnamed: 'yes, without their author',
  byTheirId: 'yes, with their author',
  byOurId: 'yes, with their author',
};
const PICTURES: Record<ChannelAbilities['hears']['pictures'], string> = {
  together: 'one message',
  album: 'one each, of one album',
  apart: 'one each',
};
const yesNo = (value: boolean) => (value ? 'yes' : 'no');
/** What holds everywhere in a channel, or only in the accounts that it answers for. */
const orInAccounts = (everywhere: string, inAccounts: string | undefined) =>
  everywhere !== 'no' || inAccounts === undefined || inAccounts === 'no' ? everywhere : `in business accounts: ${inAccounts}`;
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
  ['Places from clients', ({ hears }) => yesNo(hears.places)],
  ['Contacts from clients', ({ hears }) => yesNo(hears.contacts)],
  ['Several pictures from a client', ({ hears }) => PICTURES[hears.pictures]],
  ['Tells of edits', ({ tells }) => yesNo(tells.edits)],
  [
    'Tells of deletions',
    ({ tells, accountChats }) => orInAccounts(yesNo(tells.deletions), accountChats && yesNo(accountChats.tells.deletions)),
  ],
  ['Tells of reactions', ({ tells }) => yesNo(tells.reactions)],
  ['Tells of being blocked', ({ tells }) => yesNo(tells.blocks)],
  [
    'Replies in its own app',
    ({ ownAppReplies, accountChats }) => orInAccounts(OWN_APP[ownAppReplies], accountChats && OWN_APP[accountChats.ownAppReplies]),
  ],
  ['Drops a repeated send', ({ idempotentSend }) => yesNo(idempotentSend)],
  ['We may write first', ({ canWriteFirst }) => yesNo(canWriteFirst)],
  ['Calls a second', ({ rate }) => String(rate.perSecond)],
  [
    'Between calls of one chat',
    ({ rate }) => (rate.perChatPauseMs === 0 ? '–' : `${rate.perChatPauseMs} ms after ${rate.perChatBurst ?? 1}`),
  ],
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

const HEARD_ROWS: Record<Heard, string> = {
  text: 'A text',
  file: 'A file',
  place: 'A place',
  contact: 'A contact',
  line: 'An address or a name in the text',
  press: 'An answer to a button',
  unsupported: 'A message that says which kind it is',
  mark: 'A change of what is there: edit, deletion, reaction, receipt',
  reach: 'Whether the client can be written to, or came by a link',
  nobody: 'Nothing: nobody wrote it',
  kept: 'Kept as it came, for the operator',
};

/** What becomes of everything that clients send or do, in Markdown: one column a messenger, by the vendor's own words. */
export function heardTable(): string {
  const all = CHANNEL_TYPES.filter((type) => HEARD[type] !== undefined);
  const cell = (type: string, heard: string) =>
    Object.entries(HEARD[type] ?? {})
      .flatMap(([kind, becomes]) => (becomes === heard ? [kind.replaceAll('_', '\\_')] : []))
      .join(', ');
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(['', ...all]),
    line(['---', ...all.map(() => '---')]),
    ...Object.entries(HEARD_ROWS).map(([heard, words]) => line([words, ...all.map((type) => cell(type, heard))])),
  ].join('\n');
}

/** The page with both tables in their places; throws where the page has no place for one. */
export function withMatrix(page: string, table: string, heard = heardTable()): string {
  return withTable(withTable(page, 'matrix', table), 'kinds', heard);
}

function withTable(page: string, name: string, table: string): string {
  const begin = `<!-- ${name}: written by npm run docs:matrix -->`;
  const end = `<!-- /${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new RangeError(`docs/channels.md needs the lines ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n${table}\n${page.slice(to)}`;
}
