import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { Connection } from '@temporalio/client';
import type { Sql } from '../db/connection.ts';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  postgres: string;
  temporal: string;
  /** Of the minute before: above 0.5 the figures say more about the neighbours than about us. */
  loadBefore: number;
}

/** Where the figures come from; without it they mean nothing. */
export async function describeMachine(sql: Sql, connection: Connection, loadBefore: number): Promise<Machine> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') version`;
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    postgres: row?.version ?? 'unknown',
    temporal: serverVersion ?? 'unknown',
    loadBefore,
  };
}

export const loadNow = () => loadavg()[0] ?? 0;
