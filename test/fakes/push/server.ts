/** A push service as RFC 8030 has it, on loopback: checks who pushes (VAPID), opens what is pushed with the browser's keys, and can be told to refuse. */
import { createECDH, createPublicKey, randomBytes, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { PushPayload } from '../../../domain/notifications/push-words.ts';
import { listen } from '../base/http.ts';

const ece = createRequire(import.meta.url)('http_ece') as {
  decrypt(body: Buffer, options: { version: 'aes128gcm'; privateKey: unknown; authSecret: string }): Buffer;
};

export interface Received {
  browser: string;
  payload: PushPayload;
  headers: IncomingMessage['headers'];
}

export interface FakeBrowser {
  name: string;
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export interface FakePushService {
  url: string;
  received: Received[];
  /** What the VAPID check found wrong; empty when every push was signed as it must be. */
  wrong: string[];
  /** Answers of the next pushes, one each; afterwards 201. `silence`: no answer at all. */
  answers: (number | { status: number; retryAfter: number } | 'silence')[];
  /** All calls, refused ones as well. */
  calls: number;
  browser(name: string): FakeBrowser;
  stop(): Promise<void>;
}

export async function startPushService(publicKey: () => string): Promise<FakePushService> {
  const browsers = new Map<string, { ecdh: ReturnType<typeof createECDH>; auth: string }>();
  const service: FakePushService = {
    url: '',
    received: [],
    wrong: [],
    answers: [],
    calls: 0,
    browser(name) {
      const ecdh = createECDH('prime256v1');
      const p256dh = ecdh.generateKeys().toString('base64url');
      const auth = randomBytes(16).toString('base64url');
      browsers.set(name, { ecdh, auth });
      return { name, endpoint: `${service.url}/push/${name}`, keys: { p256dh, auth } };
    },
    stop: () => server.stop(),
  };
  const server = await listen((request, body, response) => {
    service.calls += 1;
    const answer = service.answers.shift() ?? 201;
    if (answer === 'silence') return void request.socket.destroy();
    const status = typeof answer === 'number' ? answer : answer.status;
    if (typeof answer !== 'number') response.setHeader('retry-after', String(answer.retryAfter));
    if (status === 201) {
      const name = request.url?.split('/').at(-1) ?? '';
      const trouble = troubleOf(request, service.url, publicKey());
      if (trouble !== undefined) service.wrong.push(trouble);
      const keys = browsers.get(name);
      if (keys !== undefined) {
        const text = ece.decrypt(body, { version: 'aes128gcm', privateKey: keys.ecdh, authSecret: keys.auth }).toString();
        service.received.push({ browser: name, payload: JSON.parse(text) as PushPayload, headers: request.headers });
      }
    }
    response.writeHead(status).end();
  });
  service.url = server.url;
  return service;
}

/** What RFC 8030, 8188 and 8292 ask of a push; undefined when all is well. */
function troubleOf(request: IncomingMessage, origin: string, publicKey: string): string | undefined {
  const { authorization = '', ttl, topic, urgency } = request.headers as Record<string, string | undefined>;
  if (request.headers['content-encoding'] !== 'aes128gcm') return 'content-encoding';
  if (!/^\d+$/.test(ttl ?? '')) return 'TTL';
  if (topic !== undefined && !/^[A-Za-z0-9_-]{1,32}$/.test(topic)) return 'Topic';
  if (urgency !== undefined && !['very-low', 'low', 'normal', 'high'].includes(urgency)) return 'Urgency';
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
  if (key !== publicKey) return 'the key is not the one the browser subscribed with';
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return 'signature';
  const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number; sub: string };
  if (aud !== origin) return `aud ${aud}`;
  if (exp * 1000 < Date.now() || exp * 1000 > Date.now() + 86_400_000) return 'exp';
  return /^(mailto:|https:)/.test(sub) ? undefined : 'sub';
}
