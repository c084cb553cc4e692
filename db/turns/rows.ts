/** Rows as turns hold them: column names in camelCase, instants in epoch ms. Written from the Drizzle schema, so that both never differ. */
import type { InferSelectModel } from 'drizzle-orm';
import type * as schema from '../schema/index.ts';

export type ChatRow = InferSelectModel<typeof schema.chats>;
export type ConversationRow = InferSelectModel<typeof schema.conversations>;
export type MessageRow = InferSelectModel<typeof schema.messages>;
export type AttachmentRow = InferSelectModel<typeof schema.attachments>;
export type PartRow = InferSelectModel<typeof schema.parts>;
export type RunRow = InferSelectModel<typeof schema.botRuns>;
/** A run as loaded: with its bot, and the instant at which its last question was handed to the messenger (null: not yet, or no question). */
export type LoadedRun = RunRow & { questionAskedAt: number | null; botName: string; botSettings: BotRow['settings'] };
/** The run's own columns. */
export function runColumns(run: RunRow & Partial<LoadedRun>): RunRow {
  const { questionAskedAt: _asked, botName: _name, botSettings: _settings, ...columns } = run;
  return columns;
}
export type TraceRow = Omit<InferSelectModel<typeof schema.runTraces>, 'id'>;
type BotRow = InferSelectModel<typeof schema.bots>;
export type ContactRow = InferSelectModel<typeof schema.contacts>;
export type LeadRow = InferSelectModel<typeof schema.leads>;
export type EventRow = Omit<InferSelectModel<typeof schema.events>, 'id'>;
export type ResponseRow = InferSelectModel<typeof schema.responses>;
/** Who has read it and whether it was pushed is not a turn's business. */
export type NotificationRow = Omit<InferSelectModel<typeof schema.notifications>, 'id' | 'readByIds' | 'pushState'>;
export type TriggerRow = InferSelectModel<typeof schema.botTriggers> & {
  botName: string;
  version: number;
  botSettings: BotRow['settings'];
};
export type ChannelRow = InferSelectModel<typeof schema.channels>;

const camelNames = new Map<string, string>();
const snakeNames = new Map<string, string>();

function camelName(name: string): string {
  let camel = camelNames.get(name);
  if (camel === undefined) {
    camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(name, camel);
  }
  return camel;
}

function snakeName(name: string): string {
  let snake = snakeNames.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    snakeNames.set(name, snake);
  }
  return snake;
}

/** Rows of a raw query with our names. */
export function camelRows<T>(rows: readonly object[]): T[] {
  return rows.map((row) => {
    const result: Record<string, unknown> = {};
    for (const name in row) result[camelName(name)] = (row as Record<string, unknown>)[name];
    return result as T;
  });
}

/** Our names to the database's; what is undefined becomes null, since the driver refuses it. */
export function snakeRow(row: object): Record<string, never> {
  const result: Record<string, unknown> = {};
  for (const name in row) result[snakeName(name)] = (row as Record<string, unknown>)[name] ?? null;
  return result as Record<string, never>;
}
