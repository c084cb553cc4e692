/** One connected channel under test, its stand-in, and what arrived from it; connected anew for each file of tests. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Channel, ChannelError, type ChannelFact, type ConnectedChannel, type OutgoingFile } from '../../../channels/channel.ts';
import type { MessageContent, PartPlan } from '../../../domain/message/model.ts';
import { planParts } from '../../../domain/message/plan.ts';
import { connectLocal, type Receiver, startReceiver } from '../receiver.ts';
import type { Messenger } from './messenger.ts';

export type Bench = ReturnType<typeof openBench>;

/** To be called inside `describe`: starts the stand-in before its tests and stops it after them. */
export function openBench(channel: Channel, start: () => Promise<Messenger>) {
  let messenger: Messenger;
  let receiver: Receiver;
  let connected: ConnectedChannel;
  /** With what the messenger has told of it since, as the system keeps it. */
  const current = (): ConnectedChannel => ({
    ...connected,
    facts: Object.assign({}, connected.facts, ...receiver.received.map(({ learned }) => learned)),
  });

  beforeAll(async () => {
    messenger = await start();
    receiver = await startReceiver(channel, current);
    const { credentials, apiRoot } = messenger;
    await connectLocal(channel, receiver, { credentials, apiRoot }, (now) => {
      connected = now;
    });
  });
  afterEach(() => messenger.clearFaults());
  afterAll(async () => {
    await receiver.stop();
    await messenger.stop();
  });

  /** The facts that an action of the client causes. */
  async function factsOf(count: number, act: () => Promise<unknown>): Promise<ChannelFact[]> {
    const before = receiver.received.flatMap((one) => one.facts).length;
    await act();
    return (await receiver.facts(before + count)).slice(before);
  }
  async function messageOf(act: () => Promise<unknown>) {
    const [fact] = await factsOf(1, act);
    if (fact?.type !== 'messageReceived') throw new Error(`a message was expected: ${JSON.stringify(fact)}`);
    return fact;
  }
  /** A chat whose first message is already behind us. */
  async function newChat(): Promise<string> {
    let chat = '';
    await factsOf(1, async () => {
      chat = await messenger.newChat();
    });
    return chat;
  }
  async function send(chat: string, content: Partial<MessageContent>, files: OutgoingFile[] = []) {
    const parts = planParts({ text: '', attachments: [], buttons: [], ...content }, channel.abilities);
    const publish = messenger.publish;
    const readable =
      publish === undefined ? files : await Promise.all(files.map(async (file) => ({ ...file, publicUrl: await publish(file) })));
    const byId = Object.fromEntries(readable.map((file) => [file.name, file]));
    const receipts = [];
    for (const part of parts) receipts.push(await sendOne(chat, part, byId));
    return { parts, receipts };
  }
  function sendOne(
    chat: string,
    part: PartPlan,
    files: Record<string, OutgoingFile> = {},
    signal = new AbortController().signal,
    to = current(),
  ) {
    return channel.send(to, { externalChatId: chat, key: `part-${part.index}`, part, files, signal });
  }
  async function failureOf(attempt: Promise<unknown>): Promise<ChannelError> {
    const error = await attempt.then(
      () => new Error('it did not fail'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof ChannelError)) throw error;
    expectNoSecret(error);
    return error;
  }
  function expectNoSecret(error: Error): void {
    const told: unknown[] = [];
    for (let one: unknown = error; one instanceof Error; one = one.cause)
      told.push(one.message, one.stack, JSON.stringify(one), Object.values(one));
    const all = JSON.stringify(told);
    for (const secret of messenger.secrets) expect(all).not.toContain(secret);
  }

  return {
    channel,
    get messenger() {
      return messenger;
    },
    get receiver() {
      return receiver;
    },
    get connected() {
      return current();
    },
    factsOf,
    messageOf,
    newChat,
    send,
    sendOne,
    failureOf,
    expectNoSecret,
  };
}
