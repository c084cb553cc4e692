/** Rows by COPY, several statements at a time, with the pace of the slowest table. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { connect, type Sql } from '../../db/connection.ts';

export type Cell = string | number | boolean | null;

/** A table being filled. `write` only gathers; `settle` waits until Postgres has taken what was gathered. */
export interface TableWriter {
  readonly table: string;
  readonly rows: number;
  write(cells: readonly Cell[]): void;
  settle(): Promise<void>;
  end(): Promise<void>;
}

const CHUNK_CHARS = 256 * 1024;
/** Triggers of a statement's rows run at its end: statements are kept so short that none waits long. */
const ROWS_A_STATEMENT = 20_000;

/** Fills one table over a connection of its own. */
export function tableWriter(databaseUrl: string, table: string, columns: readonly string[]): TableWriter {
  const sql: Sql = connect(databaseUrl, { max: 1, name: `beseda-seed-${table}` });
  let stream: Writable | undefined;
  let failure: unknown;
  let lines: string[] = [];
  let chars = 0;
  let inStatement = 0;
  let rows = 0;

  const begin = async () => {
    const opened = await sql.unsafe(`copy ${table} (${columns.join(', ')}) from stdin`).writable();
    opened.on('error', (error) => {
      failure ??= error;
    });
    return opened;
  };
  const flush = async () => {
    if (failure !== undefined) throw failure;
    if (lines.length === 0) return;
    stream ??= await begin();
    const text = lines.join('');
    lines = [];
    chars = 0;
    if (!stream.write(text)) await drained(stream);
    if (inStatement >= ROWS_A_STATEMENT) await finish();
  };
  const finish = async () => {
    const ending = stream;
    stream = undefined;
    inStatement = 0;
    if (ending === undefined) return;
    const done = once(ending, 'finish');
    ending.end();
    await done;
    if (failure !== undefined) throw failure;
  };
  return {
    table,
    get rows() {
      return rows;
    },
    write(cells) {
      const line = `${cells.map(cellText).join('\t')}\n`;
      lines.push(line);
      chars += line.length;
      rows += 1;
      inStatement += 1;
    },
    async settle() {
      if (chars >= CHUNK_CHARS) await flush();
    },
    async end() {
      await flush();
      await finish();
      await sql.end({ timeout: 30 });
    },
  };
}

/** Until it takes more, or is gone. */
const drained = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });

/** A cell of COPY's text format: https://www.postgresql.org/docs/18/sql-copy.html */
function cellText(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  return /[\\\t\n\r]/.test(cell) ? cell.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n').replace(/\r/g, '\\r') : cell;
}

/** An instant as COPY takes it. */
export const at = (ms: number): string => new Date(ms).toISOString();
