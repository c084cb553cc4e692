import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { ChannelRegistry } from '../channels/index.ts';
import type { Sql } from '../db/connection.ts';
import type { FileStorage } from '../files/storage.ts';
import type { Actor } from './actor.ts';
import type { Auth } from './auth/auth.ts';
import type { TokenCheck } from './auth/tokens.ts';
import type { ClickWriter } from './links/click-writer.ts';
import type { LiveHub } from './live.ts';
import type { Orders } from './orders.ts';
import type { Signaller } from './signaller.ts';

/** What middleware leaves for the handlers. */
export interface Env {
  Variables: {
    requestId: string;
    log: Logger;
    /** Set on every route behind `authenticate`. */
    actor: Actor;
    /** The Idempotency-Key header, or one made for this request. */
    idempotencyKey: string;
  };
}

export type App = OpenAPIHono<Env>;
export type AppContext = Context<Env>;

/** Everything the API needs of the world. Tests hand in fakes where the real thing is not the point. */
export interface ApiDeps {
  sql: Sql;
  log: Logger;
  auth: Auth;
  tokens: TokenCheck;
  channels: ChannelRegistry;
  orders: Orders;
  signaller: Signaller;
  files: FileStorage;
  live: LiveHub;
  /** Epoch ms. */
  now(): number;
  /** The address outsiders use, without a trailing slash; undefined while none is configured. */
  publicUrl: string | undefined;
  /** Where this process can be reached when no public address is configured; ends without a slash. */
  localUrl: string;
  /** 32 bytes: seals credentials, signs addresses of files and visitors' sessions. */
  secretKey: Uint8Array;
  /** The installation permits private addresses to be called (webhooks, pushes). */
  allowPrivateAddresses?: boolean;
  demo: { email: string; password: string } | undefined;
  /** The caller's address; undefined where it is not known. */
  clientIp(c: Context): string | undefined;
  /** What is missing before requests can be served; empty when ready. */
  missing(): Promise<string[]>;
  /** Writes clicks of short links behind the redirect; absent: the app makes its own, which ends with `closing`. */
  clicks?: ClickWriter;
  /** Aborted when the process drains: streams end, browsers come back to another process. */
  closing: AbortSignal;
  /** Folders of built pages and of the widget; absent files answer 404 with a sentence. */
  folders: { pages: string; widget: string; shop: string };
  /** Public key of the web chat on the demo shop; undefined: there is no shop. */
  shopChannel(): Promise<string | undefined>;
  fileBytesLimit?: number;
}
