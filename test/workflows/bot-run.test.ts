/** Runs of bots on a real Temporal server, with real turns on a real database: their start, timers, stop, and what they leave in lanes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { type Product, startProduct, until } from './product.ts';
import { askAgainAfter, askCityAndColour, pauseThenAsk, pauseThenSay } from './scenarios.ts';

let product: Product;
let chat = '';
let chats = 0;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product?.stop());
beforeEach(async () => {
  chats += 1;
  chat = `r${chats}`;
  product.t.hold = undefined;
  product.t.failures.length = 0;
  product.t.sent.length = 0;
  await product.t.settings({});
  await product.t.sql`delete from bot_triggers where account_id = ${product.t.accountId}`;
});

const sent = (text: string) => until(async () => product.t.sent.some((one) => one.chat === chat && one.text === text));
const sentTexts = () => product.t.sent.filter((one) => one.chat === chat).map(({ text }) => text);
const run = async () => (await product.runs(chat))[0]!;
const workflowEnded = async () => {
  const id = product.runWorkflowId((await run()).id);
  await until(async () => (await product.state(id)).status === 'COMPLETED');
};
const rateLimited = (retryAfterMs: number) => new ChannelError('rateLimited', { code: '429', words: 'slow down', retryAfterMs });

test('its workflow starts with it and ends with it', async () => {
  await product.t.bot(askCityAndColour);
  await product.says(chat, 'hello');
  await sent('City?');
  const id = product.runWorkflowId((await run()).id);
  await until(async () => (await product.state(id)).status === 'RUNNING');
  await product.presses(chat, 'South');
  await sent('Colour?');
  await product.presses(chat, 'Red');
  await workflowEnded();
  expect(await run()).toMatchObject({ status: 'ended', outcome: 'completed' });
  expect(sentTexts()).toEqual(['City?', 'Colour?', 'Bye']);
});

test('no answer: the timer that counts from the acceptance of the question rings', async () => {
  await product.t.bot(askAgainAfter(1));
  await product.says(chat, 'hello');
  await sent('Still there?');
  expect(sentTexts()).toEqual(['City?', 'Still there?']);
});

test('an answer in time: the timer that still runs changes nothing', async () => {
  await product.t.bot(askAgainAfter(2));
  await product.says(chat, 'hello');
  await sent('City?');
  await product.presses(chat, 'North');
  await workflowEnded();
  expect(sentTexts()).toEqual(['City?', 'Bye']);
});

describe('a stop', () => {
  test('is answered, ends the run and its workflow, and is answered alike when repeated', async () => {
    await product.t.bot(askCityAndColour);
    await product.says(chat, 'hello');
    await sent('City?');
    const { id } = await run();
    const key = randomUUID();
    expect(await product.stopsRun(id, key)).toEqual({ status: 'ended', outcome: 'stopped' });
    await workflowEnded();
    expect(await product.stopsRun(id, key)).toEqual({ status: 'ended', outcome: 'stopped' });
    expect(await product.stopsRun(id)).toEqual({ status: 'ended', outcome: 'stopped' });
  });

  test('while a drain is under way withdraws what is left, and nothing of it goes out later', async () => {
    await product.t.bot(pauseThenAsk(1));
    await product.says(chat, 'hello');
    await sent('One moment');
    product.t.failures.push(rateLimited(1500));
    await until(async () => product.t.failures.length === 0);
    const { id } = await run();
    expect(await product.stopsRun(id)).toMatchObject({ status: 'ended', outcome: 'stopped' });
    await workflowEnded();
    await until(async () => (await product.messages(chat)).at(-1)!.status === 'withdrawn');
    await product.settled(product.conversationId(chat));
    expect(sentTexts()).toEqual(['One moment']);
  });

  test('lets at most the part in flight go out, and takes it back when the messenger refuses it for now', async () => {
    await product.t.bot(pauseThenAsk(1));
    await product.says(chat, 'hello');
    await sent('One moment');
    let release = () => {};
    product.t.hold = new Promise((resolve) => {
      release = resolve;
    });
    product.t.failures.push(rateLimited(50));
    const status = async () => {
      const [part] = await product.t.sql<{ status: string }[]>`
        select p.status from parts p join chats h on h.account_id = p.account_id and h.id = p.chat_id
        where p.account_id = ${product.t.accountId} and h.external_chat_id = ${chat} and p.text = 'Still there?'`;
      return part?.status;
    };
    await until(async () => (await status()) === 'claimed');
    const stopping = product.stopsRun((await run()).id);
    await until(async () => (await run()).status === 'ended');
    product.t.hold = undefined;
    release();
    expect(await stopping).toMatchObject({ outcome: 'stopped' });
    await until(async () => (await status()) === 'withdrawn');
    await product.settled(product.conversationId(chat));
    expect(sentTexts()).toEqual(['One moment']);
    expect((await product.messages(chat)).at(-1)!.status).toBe('withdrawn');
  });
});

test('the last words of a run that has ended are sent, when the messenger takes them', async () => {
  await product.t.bot(pauseThenSay(1));
  await product.says(chat, 'hello');
  await sent('One moment');
  product.t.failures.push(rateLimited(800));
  await workflowEnded();
  expect(await run()).toMatchObject({ status: 'ended', outcome: 'completed' });
  await sent('Bye');
  await product.settled(product.conversationId(chat));
  expect(sentTexts()).toEqual(['One moment', 'Bye']);
});

test('an operator’s cancel is mended by the next wake: the run is carried on from its row', async () => {
  await product.t.bot(askCityAndColour);
  await product.says(chat, 'hello');
  await sent('City?');
  const id = product.runWorkflowId((await run()).id);
  await product.settled(id);
  await product.client.workflow.getHandle(id).cancel();
  await until(async () => (await product.state(id)).status === 'CANCELLED');
  await product.presses(chat, 'North');
  await sent('Colour?');
  await product.presses(chat, 'Red');
  await workflowEnded();
});
