/**
 * Records the histories that replay.test.ts replays, one for each shape of a workflow's life, from a real server:
 * `node --import tsx test/replay/record.ts [suffix]`. After a change of a workflow's order of commands (guarded by `patched`, since workflows of the
 * old order are open somewhere) record with a suffix that names the change: the earlier files stay, and must go on replaying. Without a suffix the
 * files are written over, which is right only while no workflow of the old order is open anywhere. Nothing in them is of a real person.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ChannelError } from '../../channels/channel.ts';
import { continueAfter, eventNames, type Product, startProduct, until } from '../workflows/product.ts';
import { askAgainAfter, askCityAndColour, pauseThenSay } from '../workflows/scenarios.ts';

const FOLDER = import.meta.dirname;
const suffix = process.argv[2] === undefined ? '' : `.${process.argv[2]}`;
const product: Product = await startProduct({ extraArgs: continueAfter(40), identity: 'recorder' });
const { t } = product;
const by = t.userId;
const rateLimited = () => new ChannelError('rateLimited', { code: '429', words: 'slow down', retryAfterMs: 300 });

/** One file: a run's history and the id of its workflow. */
async function keep(name: string, workflowId: string, runId?: string): Promise<void> {
  const history =
    runId === undefined ? await product.settled(workflowId) : await product.client.workflow.getHandle(workflowId, runId).fetchHistory();
  // Where a failure was thrown names folders of the machine that recorded it; a replay does not read it.
  const withoutPlaces = (key: string, value: unknown) => (key === 'stackTrace' ? '' : value);
  const json = JSON.stringify({ workflowId, history: JSON.parse(historyToJSON(history), withoutPlaces) }, undefined, 1);
  writeFileSync(join(FOLDER, `${name}${suffix}.json`), `${json}\n`);
  process.stdout.write(`${name}: ${eventNames(history).length} events, ${Math.ceil(json.length / 1024)} KiB\n`);
}
const sent = (chat: string, text: string) => until(async () => t.sent.some((one) => one.chat === chat && one.text === text));
const stored = (chat: string, text: string) => until(async () => (await product.messages(chat)).some((message) => message.text === text));
const runIdOf = async (workflowId: string) => (await product.state(workflowId)).runId;
const completed = (workflowId: string) => until(async () => (await product.state(workflowId)).status === 'COMPLETED');
const firstRun = async (chat: string) => (await product.runs(chat))[0]!.id;
async function onlyBot(source: unknown): Promise<void> {
  await t.sql`delete from bot_triggers where account_id = ${t.accountId}`;
  if (source !== undefined) await t.bot(source);
}

await onlyBot(askCityAndColour);
await product.says('greeting', 'hello');
await sent('greeting', 'City?');
await product.presses('greeting', 'North');
await sent('greeting', 'Colour?');
await product.presses('greeting', 'Red');
await sent('greeting', 'Bye');
await keep('conversation-greeting-and-presses', product.conversationId('greeting'));
const greeting = product.runWorkflowId(await firstRun('greeting'));
await completed(greeting);
await keep('run-begins-and-ends', greeting);

await t.settings({ joinSeconds: 1 });
await product.says('join', 'hello');
await sent('join', 'City?');
await product.says('join', 'one', 'two');
await sent('join', 'You said one\ntwo');
await keep('conversation-joined-lines', product.conversationId('join'));

await product.says('stop', 'hello');
await sent('stop', 'City?');
const stopped = await firstRun('stop');
await product.settled(product.runWorkflowId(stopped));
await product.stopsRun(stopped);
await completed(product.runWorkflowId(stopped));
await keep('run-stopped', product.runWorkflowId(stopped));

await onlyBot(askAgainAfter(2));
await product.says('no-answer', 'hello');
await sent('no-answer', 'Still there?');
await keep('run-no-answer', product.runWorkflowId(await firstRun('no-answer')));

await onlyBot(pauseThenSay(1));
await product.says('drain', 'hello');
await sent('drain', 'One moment');
t.failures.push(rateLimited());
await sent('drain', 'Bye');
await keep('run-pause', product.runWorkflowId(await firstRun('drain')));
await keep('conversation-lane-of-an-ended-run', product.conversationId('drain'));

await onlyBot(undefined);
await product.says('manual', 'hello');
await stored('manual', 'hello');
await product.orders('manual', { type: 'write', by, text: 'Good day', fileIds: [] });
t.failures.push(rateLimited());
await product.orders('manual', { type: 'write', by, text: 'Later', fileIds: [] });
await sent('manual', 'Later');
await product.orders('manual', { type: 'noReplyNeeded', by });
await keep('conversation-manual-messages', product.conversationId('manual'));

await product.says('close', 'hello');
await stored('close', 'hello');
const closing = await runIdOf(product.conversationId('close'));
await product.orders('close', { type: 'close', by, force: true });
await completed(product.conversationId('close'));
await product.says('close', 'again');
await stored('close', 'again');
await keep('conversation-closed', product.conversationId('close'), closing);
await keep('conversation-reopened', product.conversationId('close'));

await t.settings({ responseTime: { enabled: true, seconds: 3600, time: 'calendar', stoppedBy: 'person', notifyUserIds: [] } });
await product.says('long', 'hello');
await stored('long', 'hello');
const before = await runIdOf(product.conversationId('long'));
for (let count = 0; count < 9; count += 1) {
  await product.says('long', `line ${count}`);
  await stored('long', `line ${count}`);
}
await until(async () => (await runIdOf(product.conversationId('long'))) !== before);
await product.says('long', 'and on');
await stored('long', 'and on');
await keep('conversation-continues', product.conversationId('long'), before);
await keep('conversation-continued', product.conversationId('long'));

await onlyBot(askCityAndColour);
await product.says('long-run', 'hello');
await sent('long-run', 'City?');
const long = await firstRun('long-run');
await product.settled(product.runWorkflowId(long));
const firstOfRun = await runIdOf(product.runWorkflowId(long));
for (let count = 0; count < 8; count += 1) await product.beginsRun(long);
await keep('run-continues', product.runWorkflowId(long), firstOfRun);
await keep('run-continued', product.runWorkflowId(long));

await product.stop();
