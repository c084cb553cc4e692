/** The worker's part in exports: claims one at a time, writes its file, tells how far it is. A claim of a worker that died is taken over and done anew. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import type { Sql } from '../../db/connection.ts';
import { listen, notify } from '../../db/notify.ts';
import { countEvents, listEvents } from '../../db/stores/events.ts';
import {
  claimExport,
  type ExportRow,
  failExport,
  finishExport,
  isExportOver,
  progressExport,
  readValueNames,
  sightOfExporter,
} from '../../db/stores/exports.ts';
import { csvCells, csvHeaders } from '../../domain/analytics/event-csv.ts';
import { FileRefused, type FileStorage } from '../../files/storage.ts';
import type { Log } from '../deps.ts';

const PAGE = 2_000;
const LEASE_MS = 20_000;
const LOOK_EVERY_MS = 5_000;
const MAX_ATTEMPTS = 5;
/** About four million rows. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

export interface ExportDeps {
  sql: Sql;
  files: FileStorage;
  log: Log;
  now(): number;
  /** Shorter in tests. */
  leaseMs?: number;
  lookEveryMs?: number;
  pageRows?: number;
  /** Called after each page; tests stop here. */
  afterPage?(row: ExportRow, rowsDone: number): Promise<void>;
}

/** The work was taken away: cancelled by its user, or claimed by another worker. */
class Lost extends Error {}

/** Looks for exports until it is stopped. `stop` waits for the page in hand, and leaves the rest to another worker at once. */
export function startExports(deps: ExportDeps): { stop(): Promise<void> } {
  const owner = randomUUID();
  let stopping = false;
  let working: Promise<void> | undefined;
  const look = () => {
    if (stopping || working !== undefined) return;
    working = workThrough(deps, owner, () => stopping)
      .catch((error: unknown) => deps.log.warn({ err: error }, 'exports were not looked for; the next look does it'))
      .finally(() => {
        working = undefined;
      });
  };
  const listening = listen(deps.sql, ({ kind }) => kind === 'export' && look(), look);
  listening.catch(() => undefined); // the looks every few seconds go on without it
  const looking = setInterval(look, deps.lookEveryMs ?? LOOK_EVERY_MS);
  look();
  return {
    async stop() {
      stopping = true;
      clearInterval(looking);
      await listening.then((end) => end()).catch(() => undefined);
      await working;
    },
  };
}

async function workThrough(deps: ExportDeps, owner: string, isStopping: () => boolean): Promise<void> {
  while (!isStopping()) {
    const row = await claimExport(deps.sql, owner, deps.leaseMs ?? LEASE_MS);
    if (row === undefined) return;
    await makeExport(deps, owner, row, isStopping);
  }
}

async function makeExport(deps: ExportDeps, owner: string, row: ExportRow, isStopping: () => boolean): Promise<void> {
  const { sql } = deps;
  const tell = () => notify(sql, [{ accountId: row.accountId, kind: 'export', id: row.id }]);
  const giveUp = async (words: string) => {
    await failExport(sql, owner, row, words, deps.now());
    await deps.files.remove(row.accountId, [row.id]);
  };
  try {
    const sight = await sightOfExporter(sql, row.accountId, row.userId);
    if (sight === undefined) return await giveUp('You may not export any longer');
    if (row.attempts > MAX_ATTEMPTS) return await giveUp('It failed several times: choose a shorter period');
    // What happens while the file is written does not belong to it: its rows are those of the moment it was asked for.
    const filter = { ...row.filter, to: Math.min(row.filter.to ?? row.createdAt, row.createdAt) };
    const { timeZone, names } = await readValueNames(sql, row.accountId);
    const delimiter = row.language === 'ru' ? ';' : ',';
    let done = 0;
    const keep = async (rowsTotal?: number) => {
      const ours = await progressExport(
        sql,
        owner,
        row,
        { rowsDone: done, ...(rowsTotal === undefined ? {} : { rowsTotal }) },
        deps.leaseMs ?? LEASE_MS,
      );
      if (!ours || isStopping()) throw new Lost();
      tell();
    };
    async function* lines(): AsyncGenerator<Uint8Array> {
      await keep(await countEvents(sql, sight!, filter));
      yield Buffer.from(stringify([csvHeaders[row.language]], { bom: true, delimiter, record_delimiter: '\r\n' }));
      for (let after: [number, number] | undefined; ; ) {
        const limit = deps.pageRows ?? PAGE;
        const rows = await listEvents(sql, sight!, filter, { limit, ...(after === undefined ? {} : { after }) });
        if (rows.length > 0) {
          const cells = rows.map((event) => csvCells(event, names, timeZone, row.language));
          yield Buffer.from(stringify(cells, { delimiter, record_delimiter: '\r\n' }));
          done += rows.length;
          await keep();
          await deps.afterPage?.(row, done);
        }
        const last = rows.at(-1);
        if (rows.length < limit || last === undefined) return;
        after = [last.at, last.id];
      }
    }
    const name = `${row.language === 'ru' ? 'События' : 'Events'} ${new Date(row.createdAt).toISOString().slice(0, 10)}.csv`;
    const file = await deps.files.save({
      accountId: row.accountId,
      // The export's own id: whoever makes it anew after a worker that died with the file saved writes into its place.
      id: row.id,
      name,
      body: Readable.from(lines()),
      createdBy: `user:${row.userId}`,
      claimedMime: 'text/csv',
      limitBytes: MAX_FILE_BYTES,
    });
    if (await finishExport(sql, owner, row, file, done, deps.now()))
      notify(sql, [{ accountId: row.accountId, kind: 'notification', id: row.id }]);
    // Nobody asks for it any more. Taken over, it is the other worker's place.
    else if (await isExportOver(sql, row)) await deps.files.remove(row.accountId, [row.id]);
  } catch (error) {
    if (error instanceof Lost) {
      // Stopped by us: another worker may have it now. Cancelled or taken over: this changes nothing.
      await failExport(sql, owner, row, undefined, deps.now());
    } else if (error instanceof FileRefused) await giveUp('The file would be too large: choose a shorter period');
    else throw error;
  } finally {
    tell();
  }
}
