import { parseExact } from '../../../channels/exact-json.ts';
import { parseUpdate } from '../../../channels/max/parse.ts';
import { heard } from './heard.ts';

const user = { user_id: 123_456_789, first_name: 'Anna', is_bot: false, last_activity_time: 1 };
const chat_id = 182_182_182;
const url = 'https://i.oneme.ru/a.jpg';
const wrapped = (body: object, link?: object) => ({
  sender: user,
  recipient: { chat_id, chat_type: 'dialog', user_id: 229_229_229 },
  timestamp: 1_795_000_000_100,
  body: { mid: 'mid.0a', seq: 1, text: null, ...body },
  ...(link === undefined ? {} : { link }),
});
const message = (body: object, link?: object) => ({ update_type: 'message_created', user_locale: 'ru', message: wrapped(body, link) });
const attached = (type: string, fields: object) => message({ attachments: [{ type, ...fields }] });

/** Updates of a bot, without their time. */
export const max: Record<string, object> = {
  text: message({ text: 'hello' }),
  bot_started: { update_type: 'bot_started', chat_id, user, payload: null },
  'forwarded message': message({}, { type: 'forward', message: { mid: 'mid.0b', seq: 2, text: 'theirs' } }),
  image: attached('image', { payload: { photo_id: 1, token: 't', url } }),
  video: attached('video', { payload: { token: 't', url }, duration: 3 }),
  audio: attached('audio', { payload: { token: 't', url } }),
  file: attached('file', { payload: { token: 't', url }, filename: 'offer.pdf', size: 9 }),
  sticker: attached('sticker', { payload: { code: 'c', url }, width: 64, height: 64 }),
  contact: attached('contact', {
    payload: { vcf_info: 'BEGIN:VCARD\r\nFN:Anna\r\nTEL;TYPE=cell:79990001122\r\nEND:VCARD', max_info: user },
  }),
  location: attached('location', { latitude: 55.75, longitude: 37.61 }),
  share: attached('share', { payload: { url: 'https://shop.example/a' }, title: 'Shop' }),
  'an attachment of tomorrow': attached('hologram', { payload: { depth: 3 } }),
  message_callback: {
    update_type: 'message_callback',
    callback: { timestamp: 1, callback_id: 'f9LH', payload: 'b:9f2c', user },
    message: wrapped({ text: 'Choose' }),
  },
  message_edited: { update_type: 'message_edited', message: wrapped({ text: 'after' }) },
  message_removed: { update_type: 'message_removed', message_id: 'mid.0a', chat_id, user_id: user.user_id },
  bot_stopped: { update_type: 'bot_stopped', chat_id, user },
  dialog_cleared: { update_type: 'dialog_cleared', chat_id, user },
  dialog_muted: { update_type: 'dialog_muted', chat_id, user, muted_until: 2 },
  user_added: { update_type: 'user_added', chat_id: -5, user, is_channel: false },
  'an update of tomorrow': { update_type: 'hologram_shown', chat_id },
};

export const hearMax = (update: object) =>
  heard(parseUpdate(parseExact(JSON.stringify({ timestamp: 1_795_000_000_123, ...update })), '100'));
