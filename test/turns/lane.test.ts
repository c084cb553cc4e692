/** The lanes: what goes out of a chat, in which order, how often, and what becomes of it, on real Postgres. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { createTurns, START, type Turns } from './world.ts';

const DAY_MS = 86_400_000;

const question = [{ handler: 'show', params: { type: 'buttons', value: 'City?', buttons: ['North'] } }];
const answer = [{ handler: 'buttons', params: [{ value: 'North', params: [] }] }];

let t: Turns;
let chat = '';
let chats = 0;

beforeAll(async () => {
  t = await createTurns();
});
afterAll(() => t.end());
beforeEach(async () => {
  chats += 1;
  chat = `l${chats}`;
  t.at = START + chats * 10 * DAY_MS;
  t.sent.length = 0;
  t.failures.length = 0;
  t.checks.length = 0;
  t.hold = undefined;
  await t.settings({});
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
  await t.sql`update channels set state = 'connected' where account_id = ${t.accountId}`;
  await t.says(chat, 'hello');
});

const writes = (text: string) => t.orders(chat, { type: 'write', by: t.userId, text, fileIds: [] });
const closes = () => t.orders(chat, { type: 'close', by: t.userId, force: true, stopBots: true });
const texts = () => t.sent.map(({ text }) => text);
const parts = () => t.sql<{ id: number; text: string; status: string; attempts: number; status_words: string }[]>`
  select p.id, p.text, p.status, p.attempts, p.status_words from parts p join chats h on h.account_id = p.account_id and h.id = p.chat_id
  where p.account_id = ${t.accountId} and h.external_chat_id = ${chat} order by p.position, p.index`;
const statuses = async () => (await parts()).map(({ status }) => status);
const messageStatus = async (text: string) => {
  const [row] = await t.sql<{ status: string }[]>`
    select m.status from messages m join chats h on h.account_id = m.account_id and h.id = m.chat_id
    where m.account_id = ${t.accountId} and h.external_chat_id = ${chat} and m.text = ${text}`;
  return row?.status;
};
/** Lets pauses pass: they are on the real clock. */
const pauseOver = () => t.sql`update parts set not_before = null where account_id = ${t.accountId}`;
/** As if the process had been killed between the call and its receipt, longer ago than any call may take. */
const claimRanOut = () =>
  t.sql`update parts set status = 'claimed', claimed_at = ${Date.now() - 60_000}, claim_ends_at = ${Date.now() - 1000}, accepted_at = null, external_ids = '{}'
    where account_id = ${t.accountId} and status in ('planned', 'accepted') and chat_id = (select id from chats where account_id = ${t.accountId} and external_chat_id = ${chat})`;
const away = () => new ChannelError('unavailable', { code: '502', words: 'Bad gateway' });
const rateLimited = (retryAfterMs = 60_000) => new ChannelError('rateLimited', { code: '429', words: 'slow down', retryAfterMs });
function hold(): () => void {
  let release = () => {};
  t.hold = new Promise((resolve) => {
    release = resolve;
  });
  return () => {
    t.hold = undefined;
    release();
  };
}
async function until(look: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await look()); ) {
    if (Date.now() > end) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('order', () => {
  test('two drainers on one lane never interleave, overtake or send twice', async () => {
    t.failures.push(away());
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
    for (const line of lines) await writes(line);
    expect(texts()).toEqual([]);
    await pauseOver();
    while ((await Promise.all([t.drain(chat), t.drain(chat), t.drain(chat)])).some((waitMs) => waitMs !== undefined));
    expect(texts()).toEqual(lines);
    expect(new Set((await parts()).map(({ attempts }) => attempts))).toEqual(new Set([1, 2]));
  });

  test('a later message waits for an earlier one that the messenger does not take yet', async () => {
    t.failures.push(rateLimited());
    await writes('first');
    await writes('second');
    expect(await t.drain(chat)).toBeGreaterThan(50_000);
    expect(texts()).toEqual([]);
    await pauseOver();
    expect(await t.drain(chat)).toBeUndefined();
    expect(texts()).toEqual(['first', 'second']);
  });

  test('a turn that comes while a part is under way leaves its own part to the activity', async () => {
    const release = hold();
    const first = writes('first');
    await until(async () => (await statuses()).includes('claimed'));
    await writes('second');
    expect(await statuses()).toEqual(['claimed', 'planned']);
    release();
    await first;
    await t.drain(chat);
    expect(texts()).toEqual(['first', 'second']);
  });
});

describe('a messenger that is slow', () => {
  test('is waited for 3 s by the turn; the message goes out once, and its receipt is stored', async () => {
    const release = hold();
    const beganAt = performance.now();
    await writes('slow');
    expect(performance.now() - beganAt).toBeLessThan(5000);
    expect((await t.turn(chat, [])).state.lane).toBe('waiting');
    // The activity finds the part taken and comes again, instead of sending it beside.
    expect(await t.drain(chat)).toBeLessThanOrEqual(1000);
    release();
    await until(async () => (await messageStatus('slow')) === 'accepted');
    expect(await t.drain(chat)).toBeUndefined();
    expect(texts()).toEqual(['slow']);
  });
});

describe('a claim without a receipt', () => {
  test('is sent again where the account wants that', async () => {
    await writes('perhaps');
    await claimRanOut();
    expect(await t.drain(chat)).toBeUndefined();
    expect(texts()).toEqual(['perhaps', 'perhaps']);
    expect(await statuses()).toEqual(['accepted']);
  });

  test('is marked, and asked about, where the account wants that; the next message goes on', async () => {
    await t.settings({ unknownOutcome: 'markAndAsk' });
    await writes('perhaps');
    await claimRanOut();
    await writes('next');
    expect(await t.drain(chat)).toBeUndefined();
    expect(texts()).toEqual(['perhaps', 'next']);
    expect(await statuses()).toEqual(['unknown', 'accepted']);
    expect(await messageStatus('perhaps')).toBe('unknown');
  });

  test('is not sent again for a run that was stopped meanwhile', async () => {
    await t.bot({ 0: { question, answer } }, { triggers: ['message_received'], settings: { joinSeconds: 0 } });
    await t.says(chat, 'go');
    await claimRanOut();
    await closes();
    expect(await t.drain(chat)).toBeUndefined();
    expect(texts()).toEqual(['City?']);
    expect(await statuses()).toEqual(['unknown']);
  });
});

describe('a claim that waited for a slow database', () => {
  /** The next claim has run out before its sender can go on; answers how many claims there were. */
  async function lateClaim(work: () => Promise<void>): Promise<number> {
    await t.sql.unsafe(`
      create sequence claims_seen;
      create function late_claim() returns trigger language plpgsql as $$ begin
        if nextval('claims_seen') = 1 then new.claim_ends_at := new.claimed_at - interval '1 second'; end if;
        return new;
      end $$;
      create trigger late_claim before update on parts for each row when (new.status = 'claimed' and old.status = 'planned') execute function late_claim()`);
    try {
      await work();
      const [row] = await t.sql<{ seen: number }[]>`select last_value seen from claims_seen`;
      return row!.seen;
    } finally {
      await t.sql.unsafe('drop trigger late_claim on parts; drop function late_claim; drop sequence claims_seen');
    }
  }

  test('goes back into the lane before the messenger is called, so that nobody repeats a call under way', async () => {
    t.failures.push(rateLimited());
    await writes('once');
    await pauseOver();
    const claims = await lateClaim(async () => expect(await t.drain(chat)).toBeUndefined());
    expect([claims, texts(), await statuses()]).toEqual([2, ['once'], ['accepted']]);
  });
});

describe('giving up', () => {
  test('after 24 hours of outage the message is refused, with the messenger’s words', async () => {
    t.failures.push(away());
    await writes('patience');
    t.at += 23 * 3_600_000;
    t.failures.push(away());
    await pauseOver();
    expect(await t.drain(chat)).toBeGreaterThan(0);
    expect(await statuses()).toEqual(['planned']);
    t.at += 2 * 3_600_000;
    t.failures.push(away());
    await pauseOver();
    expect(await t.drain(chat)).toBeUndefined();
    expect((await parts())[0]).toMatchObject({ status: 'refused', status_words: 'Bad gateway' });
    expect(texts()).toEqual([]);
  });

  test('the messenger’s words stand at the part it refused; what follows was not tried and says nothing', async () => {
    t.failures.push(undefined, new ChannelError('refused', { code: '400', words: 'PART_INVALID' }));
    await writes('word '.repeat(2_400));
    expect(await t.drain(chat)).toBeUndefined();
    expect((await parts()).map(({ status, status_words: words }) => [status, words])).toEqual([
      ['accepted', ''],
      ['refused', 'PART_INVALID'],
      ['refused', ''],
    ]);
  });

  test('a channel that fails five times in a row is left to the activity, so that turns stay short', async () => {
    for (let failure = 0; failure < 5; failure += 1) {
      t.failures.push(away());
      await writes(`try ${failure}`);
      await pauseOver();
      if (failure > 0) await t.drain(chat);
    }
    t.failures.length = 0;
    const before = (await parts()).length;
    chat = `${chat}-other`;
    await t.says(chat, 'hello');
    await writes('not tried by the turn');
    expect(before).toBe(5);
    expect((await parts()).map(({ status, attempts }) => [status, attempts])).toEqual([['planned', 0]]);
    expect(await t.drain(chat)).toBeUndefined();
    // It worked: turns try again.
    await writes('tried by the turn');
    expect(texts()).toEqual(expect.arrayContaining(['not tried by the turn', 'tried by the turn']));
  });
});

describe('stop', () => {
  const twoLines = {
    0: {
      question: [
        { handler: 'show', params: { type: 'text', value: 'One' } },
        { handler: 'show', params: { type: 'text', value: 'Two' } },
        ...question,
      ],
      answer,
    },
  };
  const starts = async () => {
    await t.bot(twoLines, { triggers: ['message_received'], settings: { joinSeconds: 0 } });
    return t.says(chat, 'go');
  };

  test('withdraws what is planned; what went out stays', async () => {
    t.failures.push(undefined, rateLimited());
    await starts();
    expect(await statuses()).toEqual(['accepted', 'planned', 'planned']);
    await closes();
    await pauseOver();
    expect(await t.drain(chat)).toBeUndefined();
    expect(await statuses()).toEqual(['accepted', 'withdrawn', 'withdrawn']);
    expect(texts()).toEqual(['One']);
  });

  test('lets the part in flight go out, and nothing after it', async () => {
    const release = hold();
    const starting = starts();
    await until(async () => (await statuses())[0] === 'claimed');
    await closes();
    release();
    await starting;
    expect(await t.drain(chat)).toBeUndefined();
    expect(await statuses()).toEqual(['accepted', 'withdrawn', 'withdrawn']);
    expect(texts()).toEqual(['One']);
  });

  test('takes back the part in flight when the messenger refuses it for now', async () => {
    const release = hold();
    t.failures.push(rateLimited(10));
    const starting = starts();
    await until(async () => (await statuses())[0] === 'claimed');
    await closes();
    release();
    await starting;
    expect(await t.drain(chat)).toBeUndefined();
    expect(await statuses()).toEqual(['withdrawn', 'withdrawn', 'withdrawn']);
    expect(await messageStatus('One')).toBe('withdrawn');
    expect(texts()).toEqual([]);
  });

  test('a message of which a part went out is not left as if it were still to be sent', async () => {
    const long = 'word '.repeat(1500).trim();
    await t.bot(
      {
        0: {
          question: [{ handler: 'show', params: { type: 'text', value: long } }, ...question],
          answer,
        },
      },
      { triggers: ['message_received'], settings: { joinSeconds: 0 } },
    );
    t.failures.push(undefined, rateLimited());
    await t.says(chat, 'go');
    expect(await statuses()).toEqual(['accepted', 'planned', 'planned']);
    await closes();
    expect(await statuses()).toEqual(['accepted', 'withdrawn', 'withdrawn']);
    expect(await messageStatus(long)).toBe('accepted');
  });
});

test('a receipt and what follows from it are one transaction: the clock stops with the row that says accepted', async () => {
  await t.settings({ responseTime: { enabled: true, seconds: 600, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] } });
  await t.says(chat, 'and?');
  t.at += 1000;
  await writes('Here');
  const [talk] =
    await t.sql`select c.waiting_since from conversations c join chats h on h.talk_number = c.number and h.account_id = c.account_id
    where h.account_id = ${t.accountId} and h.external_chat_id = ${chat}`;
  expect(talk!.waiting_since).toBeNull();
  // A receipt that is stored twice (the first answer of the database was lost) changes nothing more.
  await claimRanOut();
  await t.drain(chat);
  expect(await messageStatus('Here')).toBe('accepted');
});

test('what a bot plans for other chats of the client is left to those chats’ own workflows when it does not go out at once', async () => {
  const [contact] = await t.sql<
    { contact_id: number }[]
  >`select contact_id from chats where account_id = ${t.accountId} and external_chat_id = ${chat}`;
  const other = `${chat}-other`;
  await t.says(other, 'hello from elsewhere');
  await t.sql`update chats set contact_id = ${contact!.contact_id} where account_id = ${t.accountId} and external_chat_id = ${other}`;
  await t.bot(
    {
      0: {
        question: [
          {
            handler: 'send_message',
            params: { type: 'external', text: 'News', recipient: { type: 'all_contacts' }, send_to_all_chat_sources: true },
          },
        ],
      },
    },
    { triggers: ['message_received'], settings: { joinSeconds: 0 } },
  );
  t.failures.push(rateLimited(), rateLimited());
  const state = await t.says(chat, 'go');
  const planned =
    await t.sql`select h.external_chat_id as chat from parts p join chats h on h.account_id = p.account_id and h.id = p.chat_id
    where p.account_id = ${t.accountId} and p.text = 'News' order by 1`;
  expect(planned.map((row) => row.chat)).toEqual([chat, other]);
  expect(state.lane).toBe('waiting');
  expect(t.checks).toEqual([other]);
});

test('the items of a new chat’s first album are taken once, however often the turn is repeated', async () => {
  const fresh = `${chat}-album`;
  const photo = (ref: string) => t.message(fresh, { albumId: 'a', attachments: [{ kind: 'picture', ref, name: ref, mime: 'image/jpeg' }] });
  const items = [photo('p1'), photo('p2'), photo('p3')];
  await t.turn(fresh, items);
  await t.turn(fresh, items);
  const rows = await t.sql`select a.ref from attachments a join chats h on h.account_id = a.account_id and h.id = a.chat_id
    where a.account_id = ${t.accountId} and h.external_chat_id = ${fresh} order by a.index`;
  expect(rows.map(({ ref }) => ref)).toEqual(['p1', 'p2', 'p3']);
});

// The last one: turns of this process take the channel for disconnected for some seconds.
test('a revoked token disconnects the channel and holds its queue, for 24 hours', async () => {
  t.failures.push(new ChannelError('refused', { scope: 'account', code: '401', words: 'Unauthorized' }));
  await writes('held');
  const [channel] = await t.sql`select state, state_words from channels where id = ${t.telegram}`;
  expect(channel).toMatchObject({ state: 'disconnected', state_words: 'Unauthorized' });
  await pauseOver();
  expect(await t.drain(chat)).toBe(30_000);
  expect(await statuses()).toEqual(['planned']);
  t.at += DAY_MS + 60_000;
  expect(await t.drain(chat)).toBeUndefined();
  expect(await statuses()).toEqual(['refused']);
  expect(texts()).toEqual([]);
});
