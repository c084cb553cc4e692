import { factOf, parseEvent } from '../../../channels/custom/parse.ts';
import { parseReaction, reactionFact } from '../../../channels/custom/reaction.ts';
import { heard } from './heard.ts';

const NOW = 1_795_000_001_000;
const media = 'https://integration.example/a';
const message = (fields: object) => ({
  event_type: 'new_message',
  payload: { timestamp: 1_795_000_000, msgid: 'm-1', conversation_id: 'c-1', sender: { id: 'u-1', name: 'Ann' }, message: fields },
});
const attached = (type: string) => message({ type, text: '', media, file_name: 'a', file_size: 9 });

/** Bodies of an integration's calls. */
export const custom: Record<string, object> = {
  text: message({ type: 'text', text: 'hello' }),
  picture: attached('picture'),
  video: attached('video'),
  voice: attached('voice'),
  audio: attached('audio'),
  file: attached('file'),
  sticker: attached('sticker'),
  'sticker by its number': message({ type: 'sticker', text: '', media: '' }),
  contact: message({ type: 'contact', contact: { name: 'Ann', phone: '+79990001122' } }),
  location: message({ type: 'location', location: { lon: 37.61, lat: 55.75 } }),
  'a type of tomorrow': message({ type: 'hologram', depth: 3 }),
  callback_data: message({ type: 'text', text: 'Yes', callback_data: '9f2c' }),
  edit_message: { event_type: 'edit_message', payload: { msgid: 'm-1', conversation_id: 'c-1', message: { type: 'text', text: 'after' } } },
  react: { conversation_id: 'c-1', msgid: 'm-1', user: { id: 'u-1' }, type: 'react', emoji: '👍' },
};

export function hearCustom(body: object) {
  if ('event_type' in body) return heard([factOf(parseEvent(body, NOW), { externalChatId: 'c-1', kind: 'private' })]);
  return heard([reactionFact(parseReaction(body, NOW), 'c-1', 'm-1')]);
}
