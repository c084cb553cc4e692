import type { Sql } from '../../db/connection.ts';
import { foldFinishedDays } from '../../db/stores/fold-totals.ts';
import { makeFrame } from './account.ts';
import { type Filled, fill } from './fill.ts';

export interface SeedOptions {
  databaseUrl: string;
  sql: Sql;
  accountId: number;
  conversations: number;
  messages: number;
  seed: number;
  untilAt: number;
  /** Also an account that has conversations; they are thrown away first. */
  force: boolean;
  say(line: string): void;
}

const USERS = 20;
/** Rows of clients' work, children first. Colleagues, settings, stages and bots stay. */
const CLEARED = [
  'daily_totals',
  'folded_totals',
  'responses',
  'run_traces',
  'bot_runs',
  'events',
  'notifications',
  'attachments',
  'parts',
  'messages',
  'openings',
  'conversations',
  'chats',
  'contact_identities',
  'lead_contacts',
  'leads',
  'contacts',
];
/** Indexes of words: filled row by row they are most of the work, gathered and merged a fraction of it. */
const WORD_INDEXES = ['message_words_words', 'contacts_words', 'contact_identities_words', 'leads_words'];

/** Fills an account. Throws a RangeError in words for people where the account is not one to be filled. */
export async function seedAccount(options: SeedOptions): Promise<Filled> {
  const { databaseUrl, sql, accountId, conversations, messages, say } = options;
  if (messages < conversations)
    throw new RangeError('A conversation needs at least one message: give --messages no less than --conversations');
  const [found] = await sql<{ used: boolean; isDemo: boolean }[]>`
    select a.is_demo "isDemo", exists (select 1 from conversations t where t.account_id = a.id) used from accounts a where a.id = ${accountId}`;
  if (found === undefined) throw new RangeError(`There is no account ${accountId}`);
  if ((found.used || found.isDemo) && !options.force)
    throw new RangeError(
      found.used
        ? `Account ${accountId} has conversations already: --force throws them away first`
        : `Account ${accountId} is the demo account: --force fills it all the same`,
    );
  if (found.used) {
    say('throwing away what was there');
    for (const table of CLEARED) await sql`delete from ${sql(table)} where account_id = ${accountId}`;
  }
  const frame = await makeFrame(sql, accountId, USERS, options.untilAt - 400 * 86_400_000);
  await gatherWords(sql, true);
  try {
    const filled = await fill({
      databaseUrl,
      sql,
      frame,
      conversations,
      messages,
      seed: options.seed,
      untilAt: options.untilAt,
      onProgress: (done) => say(`${done.toLocaleString('en')} of ${conversations.toLocaleString('en')} conversations`),
    });
    say('folding the days of reports');
    await foldFinishedDays(sql, options.untilAt);
    // What is left of a year fits a few pages; scans would go through all the empty ones.
    await sql.unsafe('vacuum (full, analyze) daily_totals');
    say('merging the indexes of words');
    return filled;
  } finally {
    await gatherWords(sql, false);
    say('telling the planner');
    await sql.unsafe(
      'vacuum (analyze) messages, message_words, events, conversations, openings, chats, contacts, leads, parts, responses, folded_totals, bot_runs, contact_identities, lead_contacts',
    );
  }
}

/** Lets the indexes of words gather new rows in a list, or merges that list and goes back to how the product wants them. */
async function gatherWords(sql: Sql, gathers: boolean): Promise<void> {
  const found = await sql<
    { name: string }[]
  >`select indexrelid::regclass::text as name from pg_index where indexrelid::regclass::text = any(${WORD_INDEXES}::text[])`;
  for (const { name } of found) {
    if (gathers) await sql.unsafe(`alter index ${name} set (fastupdate = on, gin_pending_list_limit = 262144)`);
    else {
      await sql`select gin_clean_pending_list(${name}::regclass)`;
      // As migration 0008 made them.
      await sql.unsafe(`alter index ${name} reset (gin_pending_list_limit${name === 'message_words_words' ? '' : ', fastupdate'})`);
      if (name === 'message_words_words') await sql.unsafe(`alter index ${name} set (fastupdate = off)`);
    }
  }
}
