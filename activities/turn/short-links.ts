/** Links of a message on its way out: replaced by short ones in the transaction that plans its parts. */
import { linksFor } from '../../db/stores/links.ts';
import type { ChatRow } from '../../db/turns/rows.ts';
import { LINK_PATH, linksOf, ownBeginnings, withShortLinks } from '../../domain/links/shorten-links.ts';
import type { Button } from '../../domain/message/model.ts';
import { channelOf, type World } from './world.ts';

interface Written {
  text: string;
  buttons: Button[];
}

/**
 * The message as the client gets it. The very object that was given where nothing is shortened: the channel or the author said no, nobody outside
 * could open a short link (no public address), the chat is a group (a link belongs to one person), or there is no link. Only a message with
 * links costs a statement, one for all of them; a repeated turn finds the same codes.
 */
export async function withLinksOf(w: World, chat: ChatRow, written: Written, wanted: boolean | undefined): Promise<Written> {
  const base = w.settings.linkDomain ?? w.publicUrl;
  const isOn = wanted ?? channelOf(w, chat)?.shortLinks ?? false;
  if (!isOn || base === undefined || chat.kind !== 'private') return written;
  const urls = linksOf(written, ownBeginnings(w.publicUrl === undefined ? [base] : [base, w.publicUrl]));
  if (urls.length === 0) return written;
  const codes = await linksFor(w.tx, w.accountId, chat.contactId, urls, w.at);
  return withShortLinks(written, (url) => {
    const code = codes.get(url);
    return code === undefined ? undefined : base + LINK_PATH + code;
  });
}
