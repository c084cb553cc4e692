import type { Channel } from '../channels/channel.ts';
import type { Sql } from '../db/connection.ts';
import type { FileStorage } from '../files/storage.ts';
import type { ChatKey } from '../workflows/messages.ts';

/** Structured log lines; personal data and tokens never go in. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Wakes (or starts) a run's own workflow. Rejects when Temporal did not take it: the turn is then repeated. */
export type WakeRun = (run: { accountId: number; runId: string; botId: number; botName?: string; channelId?: number }) => Promise<void>;

/** Has a chat's own workflow look at its lane (and starts it for that): a turn elsewhere left something there that it could not send at once. */
export type CheckLane = (key: ChatKey) => Promise<void>;

export interface ActivityDeps {
  sql: Sql;
  channels: { get(type: string): Channel | undefined };
  files: FileStorage;
  wakeRun: WakeRun;
  checkLane: CheckLane;
  /**
   * Where outsiders read a stored file; undefined while no public address is configured. `nearby`: the messenger is one that the account named by `apiRoot`,
   * which may stand beside us and read from our local address.
   */
  fileAddress?: (file: { id: string; name: string; mime: string }, nearby: boolean) => string | undefined;
  /** Opens sealed credentials (db/secrets). */
  openCredentials: (accountId: number, channelId: number, sealed: string) => Record<string, string>;
  /** The installation's public address, without a trailing slash: where short links lead; undefined while none is configured. */
  publicUrl?: string | undefined;
  /** Files that authors gave by address may be read from private addresses too. */
  allowPrivateAddresses?: boolean;
  log: Log;
}
