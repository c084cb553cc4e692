import type { IncomingMessage } from 'node:http';
import {
  type Channel,
  ChannelError,
  type ChannelFact,
  type ConnectedChannel,
  type Received,
  type WebhookRequest,
} from '../../channels/channel.ts';
import { listen } from '../fakes/base/http.ts';

/** The place where a messenger delivers: gives every call to the adapter and answers what it says, as the webhook route does. */
export interface Receiver {
  url: string;
  requests: WebhookRequest[];
  received: Received[];
  refused: ChannelError[];
  /** Waits for so many facts in all and answers them. */
  facts(count: number): Promise<ChannelFact[]>;
  stop(): Promise<void>;
}

/**
 * Connects to a local messenger that delivers to `receiver`. `hold` is told what the channel is, before and after: Viber calls while it is being connected.
 */
export async function connectLocal(
  channel: Channel,
  receiver: Receiver,
  given: {
    accountId?: number;
    id?: number;
    credentials: Record<string, string>;
    apiRoot: string;
    /** What the messenger's side adds to a connection by itself. */
    facts?(told: Record<string, string>): Record<string, string>;
  },
  hold: (connected: ConnectedChannel) => void,
): Promise<void> {
  const connected: ConnectedChannel = {
    accountId: given.accountId ?? 1,
    id: given.id ?? 7,
    type: channel.type,
    credentials: channel.parseCredentials(given.credentials),
    apiRoot: given.apiRoot,
    receive: 'webhook',
    webhookUrl: receiver.url,
    webhookSecret: 'hook-secret_1',
    facts: {},
  };
  hold(connected);
  const { facts } = await channel.connect(connected);
  hold({ ...connected, facts: given.facts?.(facts) ?? facts });
}
/** `channelOf` gives the channel as connected at that moment; its secret is what calls are checked against. */
export async function startReceiver(channel: Channel, channelOf: () => ConnectedChannel): Promise<Receiver> {
  const receiver: Receiver = {
    url: '',
    requests: [],
    received: [],
    refused: [],
    async facts(count) {
      const deadline = performance.now() + 30_000;
      const facts = () => receiver.received.flatMap((one) => one.facts);
      while (facts().length < count) {
        if (performance.now() > deadline) throw new Error(`got ${facts().length} of ${count} facts: ${JSON.stringify(facts())}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return facts();
    },
    stop: () => server.stop(),
  };
  const server = await listen(async (request, body, response) => {
    const call = callOf(request, body);
    receiver.requests.push(call);
    try {
      const received = await channel.receive(channelOf(), call);
      receiver.received.push(received);
      response.writeHead(received.answer.status, { 'content-type': received.answer.contentType }).end(received.answer.body);
    } catch (error) {
      if (!(error instanceof ChannelError)) throw error;
      receiver.refused.push(error);
      response.writeHead(401).end();
    }
  });
  receiver.url = `${server.url}/hook`;
  return receiver;
}

function callOf(request: IncomingMessage, body: Buffer): WebhookRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  return {
    method: request.method ?? 'POST',
    path: pathname,
    headers,
    query: Object.fromEntries(searchParams),
    body,
  };
}
