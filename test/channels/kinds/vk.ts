import { parseEvent } from '../../../channels/vk/parse.ts';
import { heard } from './heard.ts';

const ANNA = 5_550_001;
const head = { id: 901, date: 1_795_000_000, peer_id: ANNA, from_id: ANNA, out: 0, text: '', conversation_message_id: 44, attachments: [] };
const url = 'https://sun9-1.userapi.com/a?sig=1';
const own = { id: 457_239, owner_id: ANNA, access_key: 'ab12' };
const message = (fields: object) => ({ type: 'message_new', object: { message: { ...head, ...fields }, client_info: { lang_id: 0 } } });
const attached = (type: string, fields: object) => message({ attachments: [{ type, [type]: fields }] });

/** Events of a community. */
export const vk: Record<string, { type: string; object: object }> = {
  text: message({ text: 'hello' }),
  'Start button': message({ text: 'Начать', payload: '{"command":"start"}' }),
  photo: attached('photo', { ...own, sizes: [{ type: 'x', url, width: 604, height: 403 }] }),
  doc: attached('doc', { ...own, title: 'offer.pdf', size: 9, ext: 'pdf', url }),
  audio_message: attached('audio_message', { ...own, duration: 4, link_ogg: url, link_mp3: url }),
  sticker: attached('sticker', { sticker_id: 5, images: [{ url, width: 64, height: 64 }] }),
  graffiti: attached('graffiti', { ...own, url, width: 100, height: 50 }),
  'video with its file': attached('video', { ...own, title: 'Video', duration: 3, files: { mp4_240: url } }),
  video: attached('video', { ...own, title: 'Video', duration: 3 }),
  audio: attached('audio', { ...own, artist: 'Artist', title: 'Song', duration: 5, url: '' }),
  link: attached('link', { url: 'https://shop.example/a', title: 'Shop' }),
  wall: attached('wall', { id: 7, owner_id: -1, from_id: -1, text: 'post' }),
  market: attached('market', { ...own, title: 'Chair', price: { text: '5 ₽' } }),
  'forwarded messages': message({ fwd_messages: [{ ...head, from_id: 7, text: 'theirs' }] }),
  geo: message({ geo: { type: 'point', coordinates: { latitude: 55.75, longitude: 37.61 } } }),
  poll: attached('poll', { ...own, question: 'Which?', answers: [{ id: 1, text: 'a' }] }),
  story: attached('story', { ...own, date: 1, expires_at: 2 }),
  gift: attached('gift', { id: 3, thumb_256: url }),
  call: attached('call', { initiator_id: ANNA, receiver_id: -77, state: 'canceled_by_initiator', time: 1 }),
  podcast: attached('podcast', own),
  money_transfer: attached('money_transfer', { id: 1, amount: { amount: '100', text: '1 ₽' } }),
  'an attachment of tomorrow': attached('hologram', { depth: 3 }),
  'text button': message({ text: 'Yes', payload: '{"b":"9f2c"}' }),
  message_event: {
    type: 'message_event',
    object: { user_id: ANNA, peer_id: ANNA, event_id: 'a1b2', payload: { b: '9f2c' }, conversation_message_id: 45 },
  },
  message_edit: { type: 'message_edit', object: { ...head, text: 'after', update_time: 1_795_000_005 } },
  message_reaction_event: { type: 'message_reaction_event', object: { reacted_id: ANNA, peer_id: ANNA, cmid: 44, reaction_id: 4 } },
  message_read: { type: 'message_read', object: { from_id: ANNA, peer_id: ANNA, read_message_id: 903, conversation_message_id: 46 } },
  message_allow: { type: 'message_allow', object: { user_id: ANNA, key: '' } },
  message_deny: { type: 'message_deny', object: { user_id: ANNA } },
  message_typing_state: { type: 'message_typing_state', object: { state: 'typing', from_id: ANNA, to_id: -77 } },
  'notice of a group chat': message({ peer_id: 2_000_000_005, action: { type: 'chat_title_update', text: 'Team' } }),
  'an event of tomorrow': { type: 'hologram_shown', object: { user_id: ANNA } },
};

export const hearVk = (event: { type: string; object: object }) =>
  heard(parseEvent({ group_id: 77, event_id: 'e1', ...event }, { nowAt: 1_795_000_001_000, isOwn: () => false }));
