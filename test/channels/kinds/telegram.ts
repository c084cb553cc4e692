import { toldIn } from '../../../channels/telegram/business.ts';
import { parseUpdate } from '../../../channels/telegram/parse.ts';
import type { Heard } from '../../../domain/message/heard.ts';
import { heard } from './heard.ts';

const person = { id: 5_550_001, is_bot: false, first_name: 'Anna' };
const chat = { id: 5_550_001, type: 'private', first_name: 'Anna' };
const head = { message_id: 12, date: 1_795_000_000, from: person, chat };
const file = { file_id: 'AgAC1', file_unique_id: 'AQ1', file_size: 1_200 };
const place = { latitude: 55.75, longitude: 37.61 };
const member = (status: string) => ({ status, user: { id: 100, is_bot: true, first_name: 'Bot' } });
const business = { business_connection_id: 'bc-1' };
const message = (fields: object) => ({ message: { ...head, ...fields } });

/** Updates of the Bot API, without their `update_id`. */
export const telegram: Record<string, object> = {
  text: message({ text: 'hello' }),
  'text in answer to a story': message({ text: 'nice', reply_to_story: { chat, id: 4 } }),
  photo: message({ photo: [{ ...file, width: 90, height: 67 }] }),
  video: message({ video: { ...file, width: 90, height: 67, duration: 3 } }),
  video_note: message({ video_note: { ...file, length: 240, duration: 3 } }),
  voice: message({ voice: { ...file, duration: 4, mime_type: 'audio/ogg' } }),
  audio: message({ audio: { ...file, duration: 4, title: 'Song' } }),
  animation: message({ animation: { ...file, width: 90, height: 67, duration: 3 }, document: file }),
  document: message({ document: { ...file, file_name: 'offer.pdf', mime_type: 'application/pdf' } }),
  sticker: message({ sticker: { ...file, type: 'regular', width: 512, height: 512, is_animated: false, is_video: false, emoji: '👍' } }),
  contact: message({ contact: { phone_number: '79990001122', first_name: 'Anna', user_id: 5_550_001 } }),
  location: message({ location: place }),
  'live location': message({ location: { ...place, live_period: 900, heading: 90 } }),
  'live location that moves': { edited_message: { ...head, edit_date: 1_795_000_005, location: { ...place, live_period: 900 } } },
  venue: message({ venue: { location: place, title: 'Shop', address: 'Street 1' }, location: place }),
  poll: message({ poll: { id: '5', question: 'Which?', options: [{ text: 'a', voter_count: 0 }], total_voter_count: 0, type: 'regular' } }),
  dice: message({ dice: { emoji: '🎲', value: 4 } }),
  game: message({ game: { title: 'Game', description: '', photo: [] } }),
  story: message({ story: { chat, id: 4 } }),
  paid_media: message({ paid_media: { star_count: 5, paid_media: [{ type: 'preview', width: 1, height: 1 }] } }),
  checklist: message({ checklist: { title: 'To do', tasks: [{ id: 1, text: 'one' }] } }),
  gift: message({ gift: { gift: { id: '1', sticker: file, star_count: 5 } } }),
  giveaway: message({ giveaway: { chats: [chat], winners_selection_date: 1, winner_count: 1 } }),
  successful_payment: message({ successful_payment: { currency: 'XTR', total_amount: 5, invoice_payload: 'p' } }),
  users_shared: message({ users_shared: { request_id: 1, users: [{ user_id: 7 }] } }),
  web_app_data: message({ web_app_data: { data: '{}', button_text: 'Open' } }),
  'a field of tomorrow': message({ hologram: { depth: 3 } }),
  callback_query: { callback_query: { id: '4382', from: person, chat_instance: '-991', data: 'b:9f2c', message: { ...head, date: 0 } } },
  edited_message: { edited_message: { ...head, edit_date: 1_795_000_005, text: 'after' } },
  business_message: { business_message: { ...head, ...business, text: 'hello' } },
  edited_business_message: { edited_business_message: { ...head, ...business, edit_date: 1_795_000_005, text: 'after' } },
  deleted_business_messages: { deleted_business_messages: { ...business, chat, message_ids: [12] } },
  business_connection: {
    business_connection: {
      id: 'bc-1',
      user: { ...person, id: 990_001 },
      user_chat_id: 990_001,
      date: 1,
      is_enabled: true,
      rights: { can_reply: true },
    },
  },
  message_reaction: {
    message_reaction: { chat, message_id: 12, user: person, date: 1, old_reaction: [], new_reaction: [{ type: 'emoji', emoji: '👍' }] },
  },
  my_chat_member: { my_chat_member: { chat, from: person, date: 1, old_chat_member: member('member'), new_chat_member: member('kicked') } },
  pinned_message: message({ pinned_message: { ...head, text: 'hello' } }),
  new_chat_members: message({ new_chat_members: [person] }),
  message_auto_delete_timer_changed: message({ message_auto_delete_timer_changed: { message_auto_delete_time: 86_400 } }),
  'an update of tomorrow': { hologram_shown: { from: person } },
};

/** A connection tells the channel, and no chat, who can be written to. */
export const hearTelegram = (update: object): Heard =>
  toldIn(update) === undefined
    ? heard(parseUpdate({ update_id: 70_001, ...update }, 1_795_000_001_000, { botId: 100, ownerOf: () => '990001' }))
    : 'reach';
