/**
 * What every messenger's adapter guarantees, told once. A messenger plugs in with a `Messenger`: its local stand-in, driven in words that all
 * messengers share. What one of them cannot do its row of the table says; the case is skipped then, and only then.
 */
import { describe, expect, test } from 'vitest';
import type { Channel } from '../../channels/channel.ts';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { openBench } from './conformance/bench.ts';
import { testFailures } from './conformance/failing.ts';
import type { Messenger } from './conformance/messenger.ts';
import { testReceiving } from './conformance/receiving.ts';
import { testSending } from './conformance/sending.ts';

export interface ConformanceOptions {
  channel: Channel;
  start(): Promise<Messenger>;
  /** Kinds a client can send. */
  inbound: AttachmentKind[];
  /** Kinds the channel can send. */
  outbound: AttachmentKind[];
  /** Whether the messenger says how long to wait after too many calls; true when left out. */
  tellsRetryAfter?: boolean;
}

/** All cases for one messenger; `name` stands in the report. */
export function describeChannel(name: string, { channel, start, inbound, outbound, tellsRetryAfter = true }: ConformanceOptions): void {
  describe(`${name} keeps what every channel promises`, () => {
    const bench = openBench(channel, start);

    test('a connected channel passes its test', async () => {
      await expect(channel.test(bench.connected)).resolves.toMatchObject({ words: expect.any(String) });
    });

    test('credentials without a token name the field', () => {
      expect(() => channel.parseCredentials({})).toThrow(expect.objectContaining({ name: 'ChannelInputError', field: expect.any(String) }));
    });

    testReceiving(bench, inbound);
    testSending(bench, outbound);
    testFailures(bench, { sends: outbound[0]!, tellsRetryAfter });

    test('after disconnecting nothing is delivered here any more, and disconnecting twice is no error', async () => {
      const chat = await bench.newChat();
      await channel.disconnect(bench.connected);
      await channel.disconnect(bench.connected);
      const before = bench.receiver.requests.length;
      await bench.messenger.clientWrites(chat, 'nobody hears this');
      await channel.connect(bench.connected);
      await bench.receiver.facts(bench.receiver.received.flatMap((one) => one.facts).length);
      expect(bench.receiver.requests.length - before).toBeLessThanOrEqual(1);
    });
  });
}
