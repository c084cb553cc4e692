/** What a push says. It is written by the server, since no page is open that would know the language. */
import type { NotificationKind } from './kinds.ts';

export interface Told {
  id: number;
  what: NotificationKind;
  conversationNumber: number | null;
  leadId: number | null;
  contactName: string | null;
  /** Of the lead or customer, where there is no conversation. */
  cardName: string | null;
  channelName: string | null;
  /** The client's latest words; null where there is no client. */
  clientText: string | null;
  data: Record<string, string | number>;
  at: number;
}

/** What the service worker gets. `withdraw` closes what stands under the tag and tells of nothing newer than `upTo`. */
export type PushPayload =
  | { type: 'show'; tag: string; id: number; title: string; body: string; url: string; at: number; lang: 'ru' | 'en' }
  | { type: 'withdraw'; tag: string; upTo: number };

/** Push services take 4,096 bytes with the encryption's own; four bytes a character leave room for the rest. */
const MAX_BODY = 400;
const MAX_TITLE = 100;

const whats: Record<'ru' | 'en', Record<NotificationKind, string>> = {
  ru: {
    clientWrote: 'Новое сообщение',
    missed: 'Просрочен ответ',
    botFailed: 'Бот не справился',
    channelDisconnected: 'Канал отключился',
    eventParked: 'Событие отложено: его не удалось обработать',
    npsAlarm: 'Низкая оценка',
    mentioned: 'Вас упоминают',
    transferred: 'Вам передали беседу',
    invited: 'Вас позвали в беседу',
    internalMessage: 'Пишет коллега',
    exportReady: 'Выгрузка готова',
    webhookOff: 'Вебхук отключён',
  },
  en: {
    clientWrote: 'New message',
    missed: 'The answer is late',
    botFailed: 'A bot could not go on',
    channelDisconnected: 'A channel was disconnected',
    eventParked: 'An event was put aside: it could not be processed',
    npsAlarm: 'A low rate',
    mentioned: 'You are mentioned',
    transferred: 'A conversation is now yours',
    invited: 'You are asked into a conversation',
    internalMessage: 'A colleague writes',
    exportReady: 'The export is ready',
    webhookOff: 'A webhook was switched off',
  },
};

/** What stays when its conversation is read or answered, and so has a tag of its own. */
const outlives: readonly NotificationKind[] = ['npsAlarm', 'mentioned', 'transferred', 'invited'];

/** One tag a conversation, so that what is newer takes the place of what stood there, and one withdrawal closes it. */
export function tagOf(told: Pick<Told, 'id' | 'what' | 'conversationNumber' | 'data'>): string {
  if (told.data.internalChatId !== undefined) return `internal-${told.data.internalChatId}`;
  return told.conversationNumber === null || outlives.includes(told.what) ? `note-${told.id}` : `talk-${told.conversationNumber}`;
}

/** The page a notification leads to. */
export function placeOf(told: Pick<Told, 'what' | 'conversationNumber' | 'leadId' | 'data'>): string {
  if (told.what === 'channelDisconnected') return '/settings/channels';
  if (told.data.internalChatId !== undefined) return `/team/${told.data.internalChatId}`;
  if (told.conversationNumber !== null) return `/inbox/${told.conversationNumber}`;
  if (told.leadId !== null) return `/leads/${told.leadId}`;
  return told.data.customerId === undefined ? '/inbox' : `/customers/${told.data.customerId}`;
}

export function pushOf(told: Told, language: 'ru' | 'en', showText: boolean): PushPayload {
  const what = whats[language][told.what];
  const number = told.conversationNumber === null ? '' : ` #${told.conversationNumber}`;
  const who = (
    told.data.internalChatId === undefined ? [told.contactName ?? told.cardName, told.channelName] : [told.data.name, told.data.chat]
  )
    .filter((name) => typeof name === 'string' && name !== '')
    .join(' · ');
  const words = showText ? wordsOf(told) : '';
  const body = told.what === 'clientWrote' && words !== '' ? words : [`${what}${number}`, words].filter((line) => line !== '').join('\n');
  return {
    type: 'show',
    tag: tagOf(told),
    id: told.id,
    title: cut(who === '' ? what : who, MAX_TITLE),
    body: cut(who === '' && words === '' ? '' : body, MAX_BODY),
    url: placeOf(told),
    at: told.at,
    lang: language,
  };
}

function wordsOf(told: Told): string {
  if (told.what === 'clientWrote') return told.clientText ?? '';
  const { words, text, name } = told.data;
  return (
    [words, text, told.data.internalChatId === undefined ? name : '']
      .find((value) => typeof value === 'string' && value !== '')
      ?.toString() ?? ''
  );
}

function cut(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}
