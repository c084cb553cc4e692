/**
 * Without the workers' cache every workflow task replays the history from its beginning: whatever is not deterministic in a workflow shows as a
 * failed task. One day of a shop, short. Seen with SDK 1.24: without a cache a task stays unanswered, and is repeated after its 10 s, when
 * another workflow's task comes to the worker during its local activity; so here one workflow works at a time.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChannelError } from '../../channels/channel.ts';
import { eventNames, type Product, startProduct, until } from './product.ts';
import { askCityAndColour, pauseThenAsk } from './scenarios.ts';

let product: Product;
/** Wakes of runs that wait until their conversation rests. */
const wakes: (() => Promise<void>)[] = [];

beforeAll(async () => {
  product = await startProduct({ maxCachedWorkflows: 0 });
  const wake = product.t.onWake!;
  product.t.onWake = async (run) => {
    wakes.push(() => wake(run));
  };
});
afterAll(() => product?.stop());

async function rest(chat: string): Promise<void> {
  await product.settled(product.conversationId(chat));
  for (const wake of wakes.splice(0)) {
    await wake();
    for (const { id } of await product.runs(chat)) await product.settled(product.runWorkflowId(id)).catch(() => undefined);
  }
}

test('a greeting, a press, a manual message that waits, a close, a reopening, joined lines, a pause, a stop: no task fails in replay', async () => {
  const { t } = product;
  const by = t.userId;
  const sent = async (chat: string, text: string) => {
    await until(async () => t.sent.some((one) => one.chat === chat && one.text === text));
    await rest(chat);
  };
  await t.settings({ joinSeconds: 1 });
  await t.bot(askCityAndColour);
  await product.says('u1', 'hello');
  await sent('u1', 'City?');
  await product.presses('u1', 'North');
  await sent('u1', 'Colour?');
  await product.orders('u1', { type: 'noReplyNeeded', by });
  t.failures.push(new ChannelError('rateLimited', { code: '429', words: 'slow down', retryAfterMs: 300 }));
  await product.orders('u1', { type: 'write', by, text: 'I take over', fileIds: [] });
  await sent('u1', 'I take over');
  await product.orders('u1', { type: 'close', by, force: true });
  const conversation = product.conversationId('u1');
  await until(async () => (await product.state(conversation)).status === 'COMPLETED');
  const closed = await product.client.workflow.getHandle(conversation).fetchHistory();
  t.sent.length = 0;
  await product.says('u1', 'again');
  await sent('u1', 'City?');
  await product.says('u1', 'one', 'two');
  await sent('u1', 'You said one\ntwo');

  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
  await t.bot(pauseThenAsk(1));
  await product.says('u2', 'hello');
  await sent('u2', 'One moment');
  await sent('u2', 'Still there?');
  const [waiting] = await product.runs('u2');
  expect(await product.stopsRun(waiting!.id)).toMatchObject({ outcome: 'stopped' });

  const runs = [...(await product.runs('u1')), ...(await product.runs('u2'))];
  expect(runs.map(({ status }) => status)).toEqual(['ended', 'ended', 'ended']);
  const ids = [conversation, product.conversationId('u2'), ...runs.map(({ id }) => product.runWorkflowId(id))];
  for (const history of [closed, ...(await Promise.all(ids.map((id) => product.settled(id))))]) {
    expect(eventNames(history).filter((name) => name === 'WORKFLOW_TASK_FAILED')).toEqual([]);
  }
});
