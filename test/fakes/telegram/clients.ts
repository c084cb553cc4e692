import { type FakeBot, type FakeChat, type Person, preciseNow } from './bot.ts';
import { SAMPLE_PNG } from './images.ts';
import { type FileKind, fields, KINDS, keyboardFields, ownerFields, view } from './sending.ts';
import type { ClientContent, ClientFile, ClientMedia, ClientOptions, TranscriptItem, Written } from './types.ts';

const FILE_KINDS = Object.keys(KINDS) as FileKind[];

/** A message that a client puts into a chat: into the transcript and on its way to the bot. */
function put(
  bot: FakeBot,
  chatId: number,
  options: ClientOptions,
  content: Record<string, unknown>,
  item: Pick<TranscriptItem, 'kind' | 'text' | 'albumId' | 'file'>,
): Written {
  const { business } = options;
  const chat = bot.openChat(chatId, personOf(options), business);
  // Who writes to a bot has it unblocked.
  if (chat.type === 'private') chat.blocked = false;
  const messageId = bot.messageId(chat.account);
  bot.record(chat, { from: 'client', at: preciseNow(), messageId, ...item });
  const message = { ...head(bot, chat, options, messageId), ...content };
  chat.writtenAt = message.date;
  const update = business === undefined ? { message } : { business_message: message };
  return { updateId: push(bot, chat, update, business), messageId };
}

/** Of a business account that has switched the bot off nothing is told. */
export function push(bot: FakeBot, chat: FakeChat, update: Record<string, unknown>, business: string | undefined): number {
  if (business === undefined) return bot.updates.push(update, `chat ${chat.id}`).update_id;
  if (!bot.connection(business).isEnabled) throw new Error(`the business connection ${business} is switched off: nothing would be told`);
  return bot.updates.push(update, `business ${chat.account?.owner.id} ${chat.id}`).update_id;
}

function head(bot: FakeBot, chat: FakeChat, options: ClientOptions, messageId: number) {
  return {
    message_id: messageId,
    ...(options.business === undefined ? {} : { business_connection_id: options.business }),
    from: writer(chat, options),
    chat: bot.chatFields(chat),
    date: options.date ?? Math.floor(Date.now() / 1000),
    ...(options.replyTo === undefined
      ? {}
      : { reply_to_message: { message_id: options.replyTo, date: 1, chat: bot.chatFields(chat), text: '…' } }),
  };
}

function personOf(options: ClientOptions): Partial<Person> {
  return {
    ...(options.fromId === undefined ? {} : { id: options.fromId }),
    ...(options.name === undefined ? {} : { first_name: options.name }),
    ...(options.lastName === undefined ? {} : { last_name: options.lastName }),
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.languageCode === undefined ? {} : { language_code: options.languageCode }),
  };
}

function writer(chat: FakeChat, options: ClientOptions): Person {
  return { ...chat.person, ...personOf(options) };
}

export function writeText(bot: FakeBot, chatId: number, text: string, options: ClientOptions): Written {
  const entities = text.startsWith('/')
    ? { entities: [{ type: 'bot_command', offset: 0, length: text.split(/\s/, 1)[0]?.length ?? 1 }] }
    : {};
  return put(bot, chatId, options, { text, ...entities }, { kind: 'text', text });
}

export function editText(bot: FakeBot, chatId: number, messageId: number, text: string, options: ClientOptions): Written {
  const { business } = options;
  const chat = bot.openChat(chatId, {}, business);
  const item = chat.items.find((candidate) => candidate.messageId === messageId && candidate.from === 'client');
  if (item === undefined) throw new Error(`client message ${messageId} is not in chat ${chatId}`);
  item.text = text;
  const content = item.kind === 'text' ? { text } : { caption: text };
  const edited_message = { ...head(bot, chat, options, messageId), edit_date: options.date ?? Math.floor(Date.now() / 1000), ...content };
  const update = business === undefined ? { edited_message } : { edited_business_message: edited_message };
  return { updateId: push(bot, chat, update, business), messageId };
}

/** Media, a contact, a place, or any fields; an album becomes one message for each item, its caption on the first. */
export function sendContent(bot: FakeBot, chatId: number, content: ClientContent, options: ClientOptions): Written[] {
  const caption = content.caption ?? '';
  if ('album' in content) {
    const albumId = bot.albumId();
    return content.album.map((media, index) => putMedia(bot, chatId, options, media, index === 0 ? caption : '', albumId));
  }
  if ('contact' in content) {
    const { phone, name, own } = content.contact;
    const chat = bot.openChat(chatId, personOf(options), options.business);
    const user = own ? { user_id: writer(chat, options).id } : {};
    const contact = { phone_number: phone, first_name: name ?? chat.person.first_name, ...user };
    return [put(bot, chatId, options, { contact }, { kind: 'contact', text: phone })];
  }
  if ('location' in content) return [put(bot, chatId, options, { location: content.location }, { kind: 'location', text: '' })];
  if ('venue' in content) {
    const { latitude, longitude, title, address } = content.venue;
    const location = { latitude, longitude };
    return [put(bot, chatId, options, { venue: { location, title, address }, location }, { kind: 'venue', text: title })];
  }
  if ('fields' in content) {
    const kind = Object.keys(content.fields)[0] ?? 'unknown';
    return [put(bot, chatId, options, content.fields, { kind, text: caption })];
  }
  return [putMedia(bot, chatId, options, content, caption)];
}

function putMedia(bot: FakeBot, chatId: number, options: ClientOptions, media: ClientMedia, caption: string, albumId?: string): Written {
  const kind = FILE_KINDS.find((candidate) => candidate in media);
  if (kind === undefined) throw new Error(`no file in ${JSON.stringify(media)}; kinds: ${FILE_KINDS.join(', ')}`);
  const given = (media as Record<FileKind, ClientFile & { animated?: boolean; video?: boolean }>)[kind];
  const { prefix, folder, fallbackName, mime } = KINDS[kind];
  const bytes = given.content === undefined ? SAMPLE_PNG : Buffer.from(given.content, 'base64');
  const file = bot.keepFile(prefix, folder, given.name ?? fallbackName, given.mime ?? mime, bytes);
  const content = fields(kind, file, caption);
  if (kind === 'sticker')
    Object.assign(content.sticker as object, { is_animated: given.animated ?? false, is_video: given.video ?? false });
  if (given.durationSeconds !== undefined) Object.assign(content[kind] as object, { duration: given.durationSeconds });
  const album = albumId === undefined ? {} : { media_group_id: albumId };
  return put(
    bot,
    chatId,
    options,
    { ...album, ...content },
    { kind, text: caption, file: view(file), ...(albumId === undefined ? {} : { albumId }) },
  );
}

/** A press comes without a date, with the message it stood under. */
export function press(
  bot: FakeBot,
  chatId: number,
  messageId: number,
  data: string,
  options: ClientOptions,
): { updateId: number; callbackId: string } {
  const { business } = options;
  const chat = bot.openChat(chatId, personOf(options), business);
  const item = chat.sent.find((candidate) => candidate.messageId === messageId);
  const callbackId = bot.pressId();
  bot.presses.set(callbackId, { at: Date.now(), answered: false });
  const from = writer(chat, options);
  const callback_query = {
    id: callbackId,
    from,
    chat_instance: String(-chatId),
    data,
    message: {
      message_id: messageId,
      ...(business === undefined ? { from: bot.user } : { ...ownerFields(bot, chat), business_connection_id: business }),
      chat: bot.chatFields(chat),
      date: Math.floor((item?.at ?? Date.now()) / 1000),
      ...(item === undefined ? {} : { text: item.text }),
      ...(item?.buttons === undefined ? {} : { reply_markup: keyboardFields(item.buttons) }),
    },
  };
  return { updateId: bot.updates.push({ callback_query }, `press ${from.id}`).update_id, callbackId };
}

/** Finds the button by its label, on the given message or on the last that has buttons. */
export function keyOf(
  bot: FakeBot,
  chatId: number,
  messageId: number | 'last',
  label: string,
  business?: string,
): { messageId: number; key: string } {
  const sent = bot.find(chatId, business)?.sent ?? [];
  const item =
    messageId === 'last'
      ? sent.findLast(({ buttons }) => buttons !== undefined)
      : sent.find((candidate) => candidate.messageId === messageId);
  const buttons = item?.buttons?.flat() ?? [];
  const button = buttons.find((candidate) => candidate.label === label);
  if (item === undefined || button?.key === undefined) {
    throw new Error(
      `no button "${label}" to press in chat ${chatId}; there: ${buttons.map((candidate) => candidate.label).join(', ') || 'none'}`,
    );
  }
  return { messageId: item.messageId, key: button.key };
}

/** Blocks or unblocks: an update of its own, and refusals from now on. */
export function setBlocked(bot: FakeBot, chatId: number, blocked: boolean): { updateId: number } {
  const chat = bot.openChat(chatId);
  chat.blocked = blocked;
  const member = (status: string) => ({ status, user: bot.user });
  const my_chat_member = {
    chat: bot.chatFields(chat),
    from: chat.person,
    date: Math.floor(Date.now() / 1000),
    old_chat_member: member(blocked ? 'member' : 'kicked'),
    new_chat_member: member(blocked ? 'kicked' : 'member'),
  };
  return { updateId: bot.updates.push({ my_chat_member }, `member ${chatId}`).update_id };
}
