/**
 * The event budget of the workflows: how many events each happening adds to Temporal's history, counted on a real server in the
 * histories themselves. An event is a row that the server keeps, writes and replays. What starts a workflow (`WorkflowExecutionStarted`) is
 * counted where the budget names a start, and is one event on top of a chat's first message otherwise.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventNames, type Product, startProduct, until } from './product.ts';
import { askCityAndColour, pauseThenAsk, sayGotIt } from './scenarios.ts';

let product: Product;
let chat = '';
let chats = 0;

beforeAll(async () => {
  product = await startProduct();
});
afterAll(() => product?.stop());
beforeEach(async () => {
  chats += 1;
  chat = `b${chats}`;
  product.t.hold = undefined;
  await product.t.settings({});
  await product.t.sql`delete from bot_triggers where account_id = ${product.t.accountId}`;
});

/** Names of the events that `happening` adds to a workflow's history. */
async function added(workflowId: string, happening: () => Promise<unknown>): Promise<string[]> {
  const before = eventNames(await product.settled(workflowId)).length;
  await happening();
  return eventNames(await product.settled(workflowId)).slice(before);
}
const conversation = () => product.conversationId(chat);
const sent = (text: string) => until(async () => product.t.sent.some((one) => one.chat === chat && one.text === text));
/** Awaits the receipt's row too: the turn that sends is then over but for its last statement. */
const stored = (text: string) =>
  until(async () => (await product.t.sql`select 1 from messages where account_id = ${product.t.accountId} and text = ${text}`).length > 0);

const TURN = ['WORKFLOW_TASK_SCHEDULED', 'WORKFLOW_TASK_STARTED', 'WORKFLOW_TASK_COMPLETED', 'MARKER_RECORDED'];
const MESSAGE = ['WORKFLOW_EXECUTION_SIGNALED', ...TURN];

describe('a client’s message', () => {
  test('costs 5 events; the first one of a chat also starts its workflow', async () => {
    await product.says(chat, `first in ${chat}`);
    await stored(`first in ${chat}`);
    expect(eventNames(await product.settled(conversation()))).toEqual(['WORKFLOW_EXECUTION_STARTED', ...MESSAGE]);
    expect(await added(conversation(), () => product.says(chat, 'second'))).toEqual(MESSAGE);
  });

  test('costs 5 events with a bot’s reply too', async () => {
    await product.t.settings({ joinSeconds: 0 });
    await product.t.bot(sayGotIt, { triggers: ['message_received'] });
    await product.says(chat, 'one');
    await sent('Got it');
    product.t.sent.length = 0;
    const events = await added(conversation(), async () => {
      await product.says(chat, 'two');
      await sent('Got it');
    });
    expect(events).toEqual(MESSAGE);
  });

  test('costs 5 events when it steps a bot that waits, and the bot’s own workflow none', async () => {
    await product.t.bot(askCityAndColour);
    await product.says(chat, 'hello');
    await sent('City?');
    const [run] = await product.runs(chat);
    const workflowId = product.runWorkflowId(run!.id);
    const before = eventNames(await product.settled(workflowId));
    const events = await added(conversation(), async () => {
      await product.presses(chat, 'North');
      await sent('Colour?');
    });
    expect(events).toEqual(MESSAGE);
    expect(eventNames(await product.settled(workflowId))).toEqual(before);
  });

  test('m messages that arrive together cost m + 4', async () => {
    await product.t.settings({ joinSeconds: 0 });
    await product.t.bot(sayGotIt, { triggers: ['message_received'] });
    await product.says(chat, 'zero');
    await sent('Got it');
    const before = eventNames(await product.settled(conversation())).length;
    let release = () => {};
    product.t.hold = new Promise((resolve) => {
      release = resolve;
    });
    // While its reply is held, the turn of the first one is under way: the others wait for it together.
    await product.says(chat, 'one');
    await stored('one');
    await product.says(chat, 'two', 'three', 'four', 'five');
    product.t.hold = undefined;
    release();
    await stored('five');
    const events = eventNames(await product.settled(conversation())).slice(before);
    expect(events).toEqual([...MESSAGE, ...Array.from({ length: 4 }, () => 'WORKFLOW_EXECUTION_SIGNALED'), ...TURN]);
  });

  test('free text that waits for more lines costs 11, its timer among them', async () => {
    await product.t.settings({ joinSeconds: 1 });
    await product.t.bot(askCityAndColour);
    await product.says(chat, 'hello');
    await sent('City?');
    const events = await added(conversation(), async () => {
      await product.says(chat, 'elsewhere');
      await sent('You said elsewhere');
    });
    expect(events).toEqual([...MESSAGE, 'TIMER_STARTED', 'TIMER_FIRED', ...TURN]);
    expect(events).toHaveLength(11);
  });
});

test.each([
  ['a button on the card', { type: 'noReplyNeeded', by: 1 }],
  ['a close', { type: 'close', by: 1, force: true }],
  ['a manual message', { type: 'write', by: 1, text: 'Good day', fileIds: [] }],
] as const)('%s costs 6 events', async (_name, order) => {
  await product.says(chat, 'hello');
  const events = await added(conversation(), () => product.orders(chat, { ...order, by: product.t.userId } as never));
  // The end of a closed conversation's workflow is one more; so is the status that operators filter by.
  const closing = order.type === 'close' ? ['UPSERT_WORKFLOW_SEARCH_ATTRIBUTES', 'WORKFLOW_EXECUTION_COMPLETED'] : [];
  expect(events.filter((name) => !closing.includes(name)).toSorted()).toEqual(
    [...TURN, 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED', 'WORKFLOW_EXECUTION_UPDATE_COMPLETED'].toSorted(),
  );
  expect(events).toHaveLength(6 + closing.length);
});

describe('a bot’s run beside the conversation', () => {
  test('costs 6 events to start and 6 to end', async () => {
    await product.t.bot(askCityAndColour);
    await product.says(chat, 'hello');
    await sent('City?');
    const [run] = await product.runs(chat);
    const workflowId = product.runWorkflowId(run!.id);
    expect(eventNames(await product.settled(workflowId))).toEqual(['WORKFLOW_EXECUTION_STARTED', ...MESSAGE]);
    const events = await added(workflowId, async () => {
      await product.presses(chat, 'North');
      await sent('Colour?');
      await product.presses(chat, 'Red');
      await sent('Bye');
      await until(async () => (await product.client.workflow.getHandle(workflowId).describe()).status.name === 'COMPLETED');
    });
    expect(events).toEqual([...MESSAGE, 'WORKFLOW_EXECUTION_COMPLETED']);
    expect((await product.runs(chat))[0]).toMatchObject({ status: 'ended', outcome: 'completed' });
  });

  test('a timer turn costs 6, its timer among them', async () => {
    await product.t.bot(pauseThenAsk(2));
    await product.says(chat, 'hello');
    await sent('One moment');
    const [run] = await product.runs(chat);
    await sent('Still there?');
    const names = eventNames(await product.settled(product.runWorkflowId(run!.id)));
    expect(names).toEqual(['WORKFLOW_EXECUTION_STARTED', ...MESSAGE, 'TIMER_STARTED', 'TIMER_FIRED', ...TURN]);
  });
});

test('idle costs nothing: no event and no turn, in the conversation and in the waiting bot', async () => {
  await product.t.bot(askCityAndColour);
  await product.says(chat, 'hello');
  await sent('City?');
  const [run] = await product.runs(chat);
  const ids = [conversation(), product.runWorkflowId(run!.id)];
  const lengths = async () => Promise.all(ids.map(async (id) => eventNames(await product.settled(id)).length));
  const before = await lengths();
  const turns = product.turns();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await lengths()).toEqual(before);
  expect(product.turns()).toBe(turns);
});
