import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { type GuardedProgram, startGuarded } from './guarded.ts';
import { rotateLog, tailOf } from './logs.ts';
import { freePort } from './ports.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { commandLineOf, endProcess } from './processes.ts';
import { type RunAs, serverUser } from './run-as.ts';
import { StartError } from './start-error.ts';

export interface PostgresOptions {
  /** Becomes the cluster's data folder; made when missing. Everything the server needs lies here. */
  folder: string;
  logFile: string;
  /** Where programs are copied when node_modules cannot be written. */
  binFolder: string;
  database: string;
  /** Undefined: anybody on this machine may connect (tests). */
  password?: string;
  /** Undefined: any free one. */
  port?: number;
  /** More server settings; they win over ours. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  /** Address of the wanted database, with user and password. */
  url: string;
  port: number;
  program: GuardedProgram;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  synchronous_commit: 'on',
  log_min_messages: 'warning',
  jit: 'off', // our queries are short; compiling one costs more than running it
};

/**
 * Starts PostgreSQL 18 on the loopback address, makes the cluster and the database on first use and returns once it answers.
 * A server that a crash left running on the same folder is ended first; it is recognised by pid file, command line and data path.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const folder = resolve(options.folder);
  const native = postgresBinaries(options.binFolder);
  const runAs = serverUser(folder, [join(native, 'bin', 'postgres')]);
  rotateLog(options.logFile);
  await endLeftOver(folder);
  if (!existsSync(join(folder, 'PG_VERSION'))) await makeCluster(folder, native, runAs, options.password);
  checkVersion(folder);

  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const program = await launch(folder, native, runAs, port, options);
    const address = `postgres://postgres${options.password === undefined ? '' : `:${encodeURIComponent(options.password)}`}@127.0.0.1:${port}`;
    const failure = await untilServing(program, `${address}/postgres`);
    if (failure === undefined) {
      await makeDatabase(`${address}/postgres`, options.database);
      return { url: `${address}/${options.database}`, port, program, stop: async () => void (await program.stop()) };
    }
    await program.stop();
    // A port that was free a moment ago may be taken, and processes of a killed server may need a moment to notice its death.
    if (attempt === 3)
      throw new StartError(`PostgreSQL did not start (${failure}). The end of ${options.logFile}:\n${tailOf(options.logFile)}`);
    await delay(1_000 * attempt);
  }
}

/** Process id of the server that runs on this data folder, or undefined. */
export function runningPostgres(folder: string): number | undefined {
  const pidFile = join(folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  const [pidLine, dataLine] = readFileSync(pidFile, 'utf8').split('\n');
  const pid = Number(pidLine);
  const line = commandLineOf(pid);
  const isPostgres = line?.includes('postgres') === true && line.includes(` -D ${folder} `);
  return isPostgres && dataLine === folder ? pid : undefined;
}

async function endLeftOver(folder: string): Promise<void> {
  const pid = runningPostgres(folder);
  if (pid !== undefined)
    await endProcess(pid, { signal: 'SIGINT', graceMs: 15_000, isOurs: () => commandLineOf(pid)?.includes(` -D ${folder} `) === true });
  // What is left is a file whose process is gone or is somebody else's; the server would hesitate over the latter.
  if (existsSync(join(folder, 'PG_VERSION'))) rmSync(join(folder, 'postmaster.pid'), { force: true });
}

async function makeCluster(folder: string, native: string, runAs: RunAs, password: string | undefined): Promise<void> {
  const half = `${folder}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true, mode: 0o700 });
  const passwordFile = `${folder}.password`;
  // Sorting and upper case follow Unicode and not the machine's language, so that a folder behaves the same wherever it is moved.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = password === undefined ? ['--auth=trust'] : ['--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const sync = password === undefined ? ['--no-sync'] : [];
  if (password !== undefined) writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs.owner !== undefined) {
    chownSync(half, runAs.owner.uid, runAs.owner.gid);
    if (password !== undefined) chownSync(passwordFile, runAs.owner.uid, runAs.owner.gid);
  }
  const [command, ...args] = [...runAs.prefix, join(native, 'bin', 'initdb'), '-D', half, '-U', 'postgres', ...locale, ...access, ...sync];
  try {
    await promisify(execFile)(command!, args, { uid: runAs.uid, gid: runAs.gid, cwd: half });
  } catch (error) {
    throw new StartError(
      `initdb could not make a database in ${folder}: ${(error as { stderr?: string }).stderr?.trim() || (error as Error).message}`,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(half, folder);
}

function checkVersion(folder: string): void {
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version !== '18')
    throw new StartError(
      `${folder} was made by PostgreSQL ${version}, this release brings 18: move it with pg_dump, or name another folder in BESEDA_DATA`,
    );
}

function launch(folder: string, native: string, runAs: RunAs, port: number, options: PostgresOptions): Promise<GuardedProgram> {
  const settings = { ...SETTINGS, ...options.settings, port: String(port) };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [command, ...args] = [...runAs.prefix, join(native, 'bin', 'postgres'), '-D', folder, ...words];
  writeFileSync(options.logFile, '', { flag: 'a' });
  chmodSync(folder, 0o700);
  return startGuarded({
    command: command!,
    args,
    cwd: folder,
    uid: runAs.uid,
    gid: runAs.gid,
    logFile: options.logFile,
    stopSignal: 'SIGINT',
    graceMs: 8_000,
  });
}

/** Undefined once the server answers, else why it does not. */
async function untilServing(program: GuardedProgram, url: string): Promise<string | undefined> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
  const until = Date.now() + START_TIMEOUT_MS;
  try {
    for (;;) {
      if (program.hasExited()) return 'it ended at once';
      try {
        await sql`select 1`;
        return undefined;
      } catch (error) {
        if ((error as { code?: string }).code === '28P01') return 'its password does not fit the data folder';
        if (Date.now() > until) return `no answer: ${(error as Error).message}`;
        await delay(50);
      }
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function makeDatabase(url: string, database: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`select 1 from pg_database where datname = ${database}`;
    if (found.length === 0) await sql`create database ${sql(database)}`;
  } finally {
    await sql.end();
  }
}
