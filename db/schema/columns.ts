/** Column kinds that every table uses, so that ids, instants and account keys look the same everywhere. */
import { bigint, customType } from 'drizzle-orm/pg-core';

/** Leads every key and index: no query is answered without it. */
export const accountId = () => bigint('account_id', { mode: 'number' }).notNull();
/** Ids that people and the amoCRM-shaped API see: numbers below 2^53. */
export const numericId = () => bigint('id', { mode: 'number' }).notNull().generatedByDefaultAsIdentity({ startWith: 1001 });
export const reference = (name: string) => bigint(name, { mode: 'number' });
/** An instant is epoch milliseconds everywhere in the program and `timestamptz` in the database; `connection.ts` converts. */
export const instant = customType<{ data: number; driverData: number }>({ dataType: () => 'timestamptz(3)' });
