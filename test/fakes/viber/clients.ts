import type { FakeBot } from './bot.ts';
import type { ClientContent, ClientFile, ClientOptions, Made, TranscriptItem } from './types.ts';
import { preciseNow } from './wire.ts';

/** Keeps the bytes of a client's file and answers the address the event names. */
export type KeepMedia = (name: string, bytes: Buffer) => string;

/** A valid 1 × 1 PNG. */
const SAMPLE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A message of a client in the shape Viber delivers; writing also subscribes. */
export function sendMessage(bot: FakeBot, userId: string, message: Record<string, unknown>, options: ClientOptions, silent = false): Made {
  const chat = bot.chatOf(userId, options);
  chat.subscribed = true;
  chat.unanswered = 0;
  // Comes back with the client's next message.
  const tracking = chat.items.findLast(({ from }) => from === 'bot')?.trackingData;
  const messageToken = bot.push(
    {
      event: 'message',
      silent,
      sender: bot.userFields(chat),
      message: { ...message, ...(tracking === undefined ? {} : { tracking_data: tracking }) },
    },
    { lane: userId, timestamp: options.timestamp },
  );
  chat.items.push({
    from: 'client',
    at: preciseNow(),
    messageToken,
    kind: String(message.type),
    text: typeof message.text === 'string' ? message.text : '',
    ...(typeof message.media === 'string' ? { media: message.media } : {}),
  });
  return { messageToken };
}

export function messageOf(content: ClientContent, keep: KeepMedia): Record<string, unknown> {
  const stored = (file: ClientFile, usualName: string) => {
    const bytes = Buffer.from(file.content ?? SAMPLE, 'base64');
    const name = file.name ?? usualName;
    return { name, size: bytes.length, media: keep(name, bytes), ...(file.text ? { text: file.text } : {}) };
  };
  if ('picture' in content) {
    const { name, size, media, text } = { text: '', ...stored(content.picture, 'image.jpg') };
    return { type: 'picture', text, media, thumbnail: media, file_name: name, size };
  }
  if ('video' in content) {
    const { name: _name, ...video } = stored(content.video, 'video.mp4');
    return { type: 'video', ...video, thumbnail: video.media, duration: content.video.durationSeconds ?? 3 };
  }
  if ('file' in content) {
    const { name, ...file } = stored(content.file, 'file.pdf');
    return { type: 'file', ...file, file_name: name };
  }
  if ('sticker' in content) {
    return { type: 'sticker', sticker_id: content.sticker.stickerId ?? 46_105, media: stored(content.sticker, 'sticker.png').media };
  }
  if ('contact' in content)
    return { type: 'contact', contact: { name: content.contact.name ?? 'Anna', phone_number: content.contact.phone } };
  if ('location' in content) return { type: 'location', location: { lat: content.location.latitude, lon: content.location.longitude } };
  if ('url' in content) return { type: 'url', media: content.url };
  return content.message;
}

/** The keyboard on the client's screen belongs to the bot's last message. */
export function pressButton(bot: FakeBot, userId: string, label: string, options: ClientOptions): Made {
  const last = lastOf(bot, userId);
  const button = last?.buttons?.find((one) => one.label === label);
  if (button === undefined) {
    throw new Error(`no button "${label}" stands in the chat now: ${last?.buttons?.map((one) => one.label).join(', ') || 'none'}`);
  }
  if (button.action !== 'reply') throw new Error(`the button "${label}" opens ${button.body}`);
  return sendMessage(bot, userId, { type: 'text', text: button.body }, options, true);
}

export function open(bot: FakeBot, userId: string, options: ClientOptions & { context?: string }): Made {
  const chat = bot.chatOf(userId, options);
  const { context } = options;
  const event = {
    event: 'conversation_started',
    type: 'open',
    ...(context === undefined ? {} : { context }),
    subscribed: chat.subscribed,
    user: bot.userFields(chat),
  };
  return { messageToken: bot.push(event, { lane: userId, timestamp: options.timestamp }) };
}

export function setSubscribed(bot: FakeBot, userId: string, subscribed: boolean): Made {
  const chat = bot.chatOf(userId);
  chat.subscribed = subscribed;
  chat.unanswered = 0;
  const event = subscribed ? { event: 'subscribed', user: bot.userFields(chat) } : { event: 'unsubscribed', user_id: userId };
  return { messageToken: bot.push(event, { lane: userId }) };
}

/** What happened to a message of the bot: its own token comes back in the event. */
export function receipt(bot: FakeBot, userId: string, message: string, event: Record<string, unknown>, times = 1): void {
  const token = message === 'last' ? lastOf(bot, userId)?.messageToken : message;
  if (token === undefined) throw new Error('the bot has said nothing to this client');
  for (let device = 0; device < times; device += 1) bot.push({ ...event, user_id: userId }, { lane: userId, messageToken: BigInt(token) });
}

function lastOf(bot: FakeBot, userId: string): TranscriptItem | undefined {
  return bot.chats.get(userId)?.items.findLast(({ from }) => from === 'bot');
}
