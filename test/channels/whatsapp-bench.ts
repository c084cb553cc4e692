/** WhatsApp's adapter, connected to its local stand-in, with what its tests say shortly. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { ChannelError, ConnectedChannel } from '../../channels/channel.ts';
import { whatsappChannel } from '../../channels/whatsapp/whatsapp.ts';
import type { MessageContent, PartPlan } from '../../domain/message/model.ts';
import { planParts } from '../../domain/message/plan.ts';
import { type FakeWhatsApp, startFakeWhatsApp } from '../fakes/whatsapp/index.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const channel = whatsappChannel();

export interface Connected {
  fake: FakeWhatsApp;
  receiver: Receiver;
  connected: ConnectedChannel;
}

/** Starts the stand-in before a file's tests and stops it after them; `onStart` is given what was started. */
export function connectWhatsApp(onStart: (started: Connected) => void) {
  let fake: FakeWhatsApp;
  let receiver: Receiver;
  let connected: ConnectedChannel;

  beforeAll(async () => {
    fake = await startFakeWhatsApp({ timeScale: 0.01 });
    receiver = await startReceiver(channel, () => connected);
    const { token, phoneNumberId, businessAccountId, appSecret } = fake;
    connected = {
      accountId: 1,
      id: 7,
      type: 'whatsapp',
      credentials: channel.parseCredentials({ token, phoneNumberId, businessAccountId, appSecret }),
      apiRoot: fake.apiRoot,
      receive: 'webhook',
      webhookUrl: receiver.url,
      webhookSecret: 'unused',
      facts: {},
    };
    connected = { ...connected, facts: (await channel.connect(connected)).facts };
    onStart({ fake, receiver, connected });
  });
  afterEach(() => fake.clearFaults());
  afterAll(async () => {
    await receiver.stop();
    await fake.stop();
  });

  let lastPhone = 79_111_000_000;
  async function newChat(): Promise<string> {
    lastPhone += 1;
    await fake.clientWrites(String(lastPhone), 'hello');
    await fake.waitUntilTaken();
    return `+${lastPhone}`;
  }
  async function factsOf(act: () => Promise<unknown>) {
    await fake.waitUntilTaken();
    const before = receiver.received.flatMap(({ facts }) => facts).length;
    await act();
    await fake.waitUntilTaken();
    return receiver.received.flatMap(({ facts }) => facts).slice(before);
  }
  const sendPart = (chat: string, part: Partial<PartPlan>, key = 'k') =>
    channel.send(connected, {
      externalChatId: chat,
      key,
      part: { index: 0, text: '', attachments: [], buttons: [], ...part },
      files: {},
      signal: new AbortController().signal,
    });
  async function send(chat: string, content: Partial<MessageContent>) {
    for (const part of planParts({ text: '', attachments: [], buttons: [], ...content }, channel.abilities)) await sendPart(chat, part);
  }

  return { newChat, factsOf, sendPart, send };
}

/** The error of what must fail. */
export const failureOf = (attempt: Promise<unknown>): Promise<ChannelError> =>
  attempt.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: ChannelError) => error,
  );
