/**
 * The poll after a close, with the product's workflows on a real server: close → delay → poll → its end.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { shippedPoll } from '../../api/shipped-poll.ts';
import { ChannelError } from '../../channels/channel.ts';
import { defaultSettings } from '../../db/settings.ts';
import { eventNames, type Product, startProduct, until } from './product.ts';

let product: Product;
let chat = '';
let chats = 0;
/** The shipped bot, and the same with a day of two seconds. */
let botId = 0;
let hastyId = 0;

beforeAll(async () => {
  product = await startProduct();
  const source = shippedPoll('en', { from: 1, to: 10 });
  botId = await product.t.bot(JSON.parse(source), { triggers: [], name: 'Rating' });
  hastyId = await product.t.bot(JSON.parse(source.replaceAll('86400', '2')), { triggers: [], name: 'Hasty' });
  await product.t.sql`update bots set kind = 'nps' where account_id = ${product.t.accountId}`;
});
afterAll(() => product?.stop());
beforeEach(async () => {
  chats += 1;
  chat = `n${chats}`;
  product.t.failures.length = 0;
  product.t.sent.length = 0;
  await polls(botId);
});

async function polls(by: number): Promise<void> {
  // Somewhere it is about two in the afternoon, whenever the tests run: polls go out by day.
  const hoursBehind = new Date().getUTCHours() - 14;
  const timeZone = `Etc/GMT${hoursBehind < 0 ? hoursBehind : `+${hoursBehind}`}`;
  await product.t.settings({
    joinSeconds: 1,
    schedule: { ...defaultSettings.schedule, timeZone },
    nps: { ...defaultSettings.nps, enabled: true, delaySeconds: 1, botId: by },
  });
}

const status = async (wanted: string) => until(async () => (await product.talk(chat))?.status === wanted);
const asked = () => until(async () => product.t.sent.some((one) => one.chat === chat && one.buttons.includes('10')));
const conversationEnded = () => until(async () => (await product.state(product.conversationId(chat))).status === 'COMPLETED');
const rateOf = async () => {
  const [row] = await product.t.sql`
    select o.rate, o.comment, o.closed_by from openings o join chats h on h.account_id = o.account_id and h.talk_number = o.number
    where o.account_id = ${product.t.accountId} and h.external_chat_id = ${chat} order by o.opening desc limit 1`;
  return row;
};

async function closed(): Promise<void> {
  await product.says(chat, 'hello');
  await status('in_work');
  expect(await product.orders(chat, { type: 'close', by: product.t.userId, force: false })).toMatchObject({ status: 'nps_scheduled' });
}
async function polled(): Promise<void> {
  await closed();
  await asked();
  await status('nps_in_progress');
}

test('close, delay, poll, rate: closed, and every workflow is over, though the worker restarts in between', async () => {
  await closed();
  await product.restarts();
  await asked();
  await status('nps_in_progress');
  await product.restarts();
  await product.presses(chat, '10');
  await status('closed');
  expect(await rateOf()).toMatchObject({ rate: 10, closed_by: { kind: 'user', id: product.t.userId } });
  await conversationEnded();
  const [run] = await product.runs(chat);
  await until(async () => (await product.state(product.runWorkflowId(run!.id))).status === 'COMPLETED');
});

test('a low rate, a comment in two lines', async () => {
  await polled();
  await product.presses(chat, '2');
  await until(async () => product.t.sent.some((one) => one.chat === chat && one.text.includes('What should we change')));
  await product.says(chat, 'Too slow', 'and rude');
  await status('closed');
  expect(await rateOf()).toMatchObject({ rate: 2, comment: 'Too slow\nand rude' });
  await conversationEnded();
});

test('nobody answers: the run’s timer ends it, and the conversation’s workflow learns of it', async () => {
  await polls(hastyId);
  await closed();
  await asked();
  await status('closed');
  expect(await rateOf()).toMatchObject({ rate: null });
  await conversationEnded();
});

test('a question instead of a rate: back at work, and the run is over', async () => {
  await polled();
  await product.says(chat, 'Where is my order?');
  await status('in_work');
  expect(await product.talk(chat)).toMatchObject({ isRead: false, opening: 1 });
  const [run] = await product.runs(chat);
  expect(run!.status).toBe('ended');
  expect(await product.orders(chat, { type: 'close', by: product.t.userId, force: false })).toMatchObject({ status: 'closed' });
  await conversationEnded();
});

test('a refused poll: with_error, in work', async () => {
  product.t.failures.push(new ChannelError('refused', { code: '400', words: 'The chat was deleted' }));
  await closed();
  await status('with_error');
  expect((await product.state(product.conversationId(chat))).status).toBe('RUNNING');
});

test('the delay is waited for by the conversation’s one timer', async () => {
  await closed();
  await status('nps_in_progress');
  await asked();
  const events = eventNames(await product.settled(product.conversationId(chat)));
  const turn = ['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED', 'MARKER_RECORDED'];
  // After the close: the poll's timer rings, its turn sends, and the next timer is the poll's last.
  expect(events.filter((name) => name === 'TIMER_FIRED')).toHaveLength(1);
  expect(events.slice(events.lastIndexOf('TIMER_FIRED')).slice(0, 5)).toEqual(['TIMER_FIRED', ...turn]);
  await product.orders(chat, { type: 'close', by: product.t.userId, force: true });
  await conversationEnded();
});
