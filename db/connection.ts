/**
 * The one way to Postgres. Ids (int8) come as numbers: all of ours stay below 2^53. Instants come and go as epoch milliseconds.
 * JSON columns take objects and arrays; a string is taken for JSON text that is ready (which is how Drizzle hands it on).
 */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from './schema/index.ts';

const types = {
  int8: { to: 20, from: [20], serialize: (value: number) => String(value), parse: (value: string) => Number(value) },
  instant: {
    to: 1184,
    from: [1184],
    serialize: (value: number | Date | string) => (typeof value === 'string' ? value : new Date(value).toISOString()),
    parse: (value: string) => Date.parse(value),
  },
  json: {
    to: 3802,
    from: [114, 3802],
    serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
    parse: (value: string) => JSON.parse(value) as unknown,
  },
};

export type Sql = postgres.Sql<{ int8: number; instant: number; json: unknown }>;
export type Transaction = postgres.TransactionSql<{ int8: number; instant: number; json: unknown }>;
/** A store function works inside a transaction and outside of one alike. */
export type Queries = Sql | Transaction;
export type Database = PostgresJsDatabase<typeof schema>;

/**
 * Opens a pool. `max` connections at most; idle ones stay. Ends with `sql.end()`.
 * Drizzle shares the pool: `database(sql)`.
 */
export function connect(url: string, options: { max?: number; name?: string } = {}): Sql {
  return postgres(url, {
    max: options.max ?? 10,
    types,
    connection: { application_name: options.name ?? 'beseda' },
    onnotice: () => undefined,
    // Seconds between attempts to reach a database that is away; the driver's own pauses grow to twenty.
    backoff: (attempt: number) => Math.min(1, 0.05 * 2 ** attempt),
  });
}

/** Typed queries over the same pool, for everything that is not on the path of each message. */
export function database(sql: Sql): Database {
  const { parsers, serializers } = sql.options;
  const before = { parsers: { ...parsers }, serializers: { ...serializers } };
  const db = drizzle(sql as unknown as postgres.Sql, { schema });
  // Drizzle makes instants and JSON of the shared pool plain text; ours work for both ways of asking.
  Object.assign(parsers, before.parsers);
  Object.assign(serializers, before.serializers);
  return db;
}
