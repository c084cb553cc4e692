import { parseDelivery } from '../../../channels/whatsapp/parse.ts';
import { heard } from './heard.ts';

const head = { from: '79990001122', from_user_id: 'RU.134912086553027', id: 'wamid.A1', timestamp: '1795000000' };
const media = { id: '6546', mime_type: 'image/jpeg', sha256: 'x' };
const key = `${'k3y'.padEnd(22, '0')}.1`;
const message = (type: string, fields: unknown, other: object = {}) => ({ messages: [{ ...head, type, [type]: fields, ...other }] });
const status = (name: string) => ({ statuses: [{ id: 'wamid.B2', status: name, timestamp: '1795000005', recipient_id: head.from }] });

/** Values of a change of `messages`, without whose number it was. */
export const whatsapp: Record<string, object> = {
  text: message('text', { body: 'hello' }),
  'text from an advertisement': message(
    'text',
    { body: 'hello' },
    { referral: { source_url: 'https://fb.me/1', source_type: 'ad', source_id: '1' } },
  ),
  'text in answer to a status': message('text', { body: 'nice' }, { context: { from: '15550001111', forwarded: false } }),
  image: message('image', media),
  video: message('video', { ...media, mime_type: 'video/mp4' }),
  audio: message('audio', { ...media, mime_type: 'audio/mpeg' }),
  voice: message('audio', { ...media, mime_type: 'audio/ogg; codecs=opus', voice: true }),
  document: message('document', { ...media, mime_type: 'application/pdf', filename: 'offer.pdf' }),
  sticker: message('sticker', { ...media, mime_type: 'image/webp', animated: false }),
  location: message('location', { latitude: 55.75, longitude: 37.61 }),
  contacts: message('contacts', [{ name: { formatted_name: 'Anna' }, phones: [{ phone: '+79990001122', type: 'CELL' }] }]),
  button_reply: message('interactive', { type: 'button_reply', button_reply: { id: key, title: 'Yes' } }),
  list_reply: message('interactive', { type: 'list_reply', list_reply: { id: key, title: 'Yes', description: '' } }),
  'quick reply of a template': message('button', { payload: key, text: 'Yes' }),
  nfm_reply: message('interactive', { type: 'nfm_reply', nfm_reply: { name: 'flow', response_json: '{}', body: 'Sent' } }),
  order: message('order', { catalog_id: '1', product_items: [{ product_retailer_id: 'a', quantity: 1, item_price: 5, currency: 'RUB' }] }),
  request_welcome: { messages: [{ ...head, type: 'request_welcome' }] },
  system: message('system', { type: 'user_changed_number', wa_id: '79990001123', body: 'User changed' }),
  unsupported: { messages: [{ ...head, type: 'unsupported', errors: [{ code: 131_051, title: 'Message type unknown' }] }] },
  'a type of tomorrow': message('hologram', { depth: 3 }),
  edit: message('edit', { original_message_id: 'wamid.A0', message: { type: 'text', text: { body: 'after' } } }),
  revoke: message('revoke', { original_message_id: 'wamid.A0' }),
  reaction: message('reaction', { message_id: 'wamid.A0', emoji: '👍' }),
  'status delivered': status('delivered'),
  'status sent': status('sent'),
  'errors without a message': { errors: [{ code: 130_429, title: 'Rate limit hit' }] },
};

export function hearWhatsApp(value: object) {
  const metadata = { display_phone_number: '15550001111', phone_number_id: '1122334455667' };
  const contacts = [{ profile: { name: 'Anna' }, wa_id: head.from, user_id: head.from_user_id }];
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, contacts, ...value } };
  const body = { object: 'whatsapp_business_account', entry: [{ id: '1', changes: [change] }] };
  const { facts, unread } = parseDelivery(body, metadata.phone_number_id, 1_795_000_001_000);
  return heard(unread ? undefined : facts);
}
