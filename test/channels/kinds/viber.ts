import { parseExact } from '../../../channels/exact-json.ts';
import { parseEvent } from '../../../channels/viber/parse.ts';
import { heard } from './heard.ts';

const sender = { id: '01234567890A==', name: 'Anna', country: 'RU', language: 'ru', api_version: 10 };
const media = 'https://dl-media.viber.com/1/a.jpg';
const message = (fields: object) => ({ event: 'message', sender, message: fields });

/** Events of a bot, without their time and token. */
export const viber: Record<string, object> = {
  text: message({ type: 'text', text: 'hello', tracking_data: '' }),
  picture: message({ type: 'picture', media, thumbnail: media, text: '', file_name: 'a.jpg', size: 9 }),
  video: message({ type: 'video', media, thumbnail: media, size: 9, duration: 3 }),
  file: message({ type: 'file', media, file_name: 'offer.pdf', size: 9 }),
  sticker: message({ type: 'sticker', sticker_id: 46_105, media }),
  'sticker without its picture': message({ type: 'sticker', sticker_id: 46_105 }),
  contact: message({ type: 'contact', contact: { name: 'Anna', phone_number: '+79990001122' } }),
  location: message({ type: 'location', location: { lat: 55.75, lon: 37.61 } }),
  url: message({ type: 'url', media: 'https://shop.example/a' }),
  rich_media: message({ type: 'rich_media', rich_media: { Buttons: [] } }),
  'a type of tomorrow': message({ type: 'hologram', depth: 3 }),
  'reply button': message({ type: 'text', text: `${'k3y'.padEnd(22, '0')}.1` }),
  delivered: { event: 'delivered', user_id: sender.id },
  seen: { event: 'seen', user_id: sender.id },
  failed: { event: 'failed', user_id: sender.id, desc: 'failure description' },
  subscribed: { event: 'subscribed', user: sender },
  unsubscribed: { event: 'unsubscribed', user_id: sender.id },
  'conversation_started by a link': { event: 'conversation_started', type: 'open', context: 'promo7', subscribed: false, user: sender },
  conversation_started: { event: 'conversation_started', type: 'open', subscribed: false, user: sender },
  'an event of tomorrow': { event: 'hologram_shown', user_id: sender.id },
};

export function hearViber(event: object) {
  const body = JSON.stringify({ timestamp: 1_795_000_000_123, ...event });
  return heard(parseEvent(parseExact(`${body.slice(0, -1)},"message_token":4912661846655238145}`), 1_795_000_001_000));
}
