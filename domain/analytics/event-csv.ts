/** A row of the list of events as cells of a file. */
import { offsetAt } from '../schedule/zone.ts';
import { eventTitle } from './event-types.ts';
import { type Language, type ValueNames, valueWords } from './event-words.ts';

export interface ExportedEvent {
  id: number;
  type: string;
  entityType: string;
  entityId: number;
  authorKind: 'user' | 'bot' | 'client' | 'system';
  authorName: string | null;
  before: unknown[];
  after: unknown[];
  conversationNumber: number | null;
  contactName: string | null;
  leadName: string | null;
  customerName: string | null;
  channelName: string | null;
  at: number;
}

export const csvHeaders: Record<Language, string[]> = {
  ru: ['№', 'Время', 'Событие', 'Кто', 'Имя', 'Что', '№ сущности', 'Беседа', 'Клиент', 'Сделка', 'Покупатель', 'Канал', 'Было', 'Стало'],
  en: [
    'No.',
    'Time',
    'Event',
    'Author',
    'Name',
    'Entity',
    'Entity no.',
    'Conversation',
    'Client',
    'Lead',
    'Customer',
    'Channel',
    'Before',
    'After',
  ],
};

const authors: Record<ExportedEvent['authorKind'], Record<Language, string>> = {
  user: { ru: 'сотрудник', en: 'user' },
  bot: { ru: 'бот', en: 'bot' },
  client: { ru: 'клиент', en: 'client' },
  system: { ru: 'система', en: 'system' },
};
const entities: Record<string, Record<Language, string>> = {
  lead: { ru: 'сделка', en: 'lead' },
  contact: { ru: 'контакт', en: 'contact' },
  company: { ru: 'компания', en: 'company' },
  customer: { ru: 'покупатель', en: 'customer' },
  task: { ru: 'задача', en: 'task' },
  talk: { ru: 'беседа', en: 'conversation' },
};

/** Cells in the order of the headers. Times are the account's wall clock, `2026-11-22 18:20:05`, which spreadsheets read as times. */
export function csvCells(event: ExportedEvent, names: ValueNames, timeZone: string, language: Language): string[] {
  const ofEvent = { ...names, channel: event.channelName };
  return [
    String(event.id),
    new Date(event.at + offsetAt(timeZone, event.at)).toISOString().slice(0, 19).replace('T', ' '),
    eventTitle(event.type, language),
    authors[event.authorKind][language],
    event.authorName ?? '',
    entities[event.entityType]?.[language] ?? event.entityType,
    String(event.entityId),
    event.conversationNumber === null ? '' : String(event.conversationNumber),
    event.contactName ?? '',
    event.leadName ?? '',
    event.customerName ?? '',
    event.channelName ?? '',
    valueWords(event.before, ofEvent, language),
    valueWords(event.after, ofEvent, language),
  ].map(safeCell);
}

/** A cell that a spreadsheet would take for a formula is told apart by an apostrophe: clients choose their names themselves. */
export function safeCell(text: string): string {
  return /^[\s\u0000-\u001f]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]/.test(text) || /^[\t\r\n]/.test(text) ? `'${text}` : text;
}
