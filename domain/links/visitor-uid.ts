/**
 * How a visitor of a site is recognised in a messenger: a link such as `https://t.me/shop_bot?start=VisitorUid_<id>` carries who opened it.
 * The pixel puts the browser's id there; `{{visitor_uid}}` in a bot's message puts the chat's own.
 */

/** The vendor's word before the id. */
export const UID_PREFIX = 'VisitorUid_';

/** Ids that browsers get: 22 letters and digits. */
export const VISITOR_ID = /^[0-9A-Za-z]{22}$/;
const CHAT_UID = /^[0-9a-f]{32}$/;

/** A chat's id as a link carries it: its UUID without dashes fits the 64 signs of Telegram's start parameter. */
export const uidOfChat = (chatId: string): string => chatId.replaceAll('-', '');

/** The UUID of the chat that an id stands for; undefined for a browser's. */
export function chatOfUid(uid: string): string | undefined {
  return CHAT_UID.test(uid) ? uid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : undefined;
}

/** Who a start parameter names; undefined where it is about something else (`promo7`). */
export function readStartPayload(payload: string): { uid: string; named: boolean } | undefined {
  const named = payload.startsWith(UID_PREFIX);
  const uid = named ? payload.slice(UID_PREFIX.length) : payload;
  return VISITOR_ID.test(uid) || CHAT_UID.test(uid) ? { uid, named } : undefined;
}
