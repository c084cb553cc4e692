import type { ChannelFact } from '../../channels/channel.ts';
import { candidatesOf, isUuid } from '../../channels/custom/ids.ts';
import { number, record, text } from '../../channels/custom/payload.ts';
import { partOfHook, type ReportedPart } from '../../db/stores/chats-api.ts';
import type { ApiDeps } from '../deps.ts';
import { ofChannel } from './event.ts';
import { badRequest, notFound } from './problem.ts';
import type { SignedCall } from './signed.ts';

/** What the numbers mean (from the chats API's documentation); 905 brings its own words. */
const ERRORS: Record<number, string> = {
  901: 'The client has deleted the chat',
  902: "The integration is switched off on the messenger's side",
  903: 'The integration has failed inside',
  904: 'No chat can be made with this client: the number may not be known to the messenger',
};
const OTHER_ERROR = 'The integration could not deliver the message';
const MAX_WORDS = 1000;

/** A report that comes while our own record of the hook's answer is still being written waits for it, looking this often and for so long. */
const LOOK_EVERY_MS = 50;
const WAITS_MS = 1_000;
/** After the call was answered it goes on looking; only a crash within this time loses the report. */
const GOES_ON_MS = 60_000;

const UNDER_WAY = new Set<ReportedPart['status']>(['planned', 'claimed']);

export type Report = { status: 'delivered' | 'read' } | { status: 'failed'; words: string };

/** Reads a report in both spellings (`delivery_status`, `status_code`). Undefined: sent, which is known. Throws FieldError or ChatsApiError. */
export function parseReport(body: unknown, msgid: string): Report | undefined {
  const fields = record(body, 'The body');
  if (typeof fields.msgid === 'string' && fields.msgid !== '' && fields.msgid !== msgid)
    throw badRequest('msgid is not the one of the address');
  const given = fields.delivery_status ?? fields.status_code;
  const status = given === undefined || given === null || given === '' ? 0 : number(given, 'delivery_status');
  switch (status) {
    case 0:
      return undefined;
    case 1:
      return { status: 'delivered' };
    case 2:
      return { status: 'read' };
    case -1: {
      const code = Number(fields.error_code ?? 905);
      const words = text(fields.error, 'error').trim().slice(0, MAX_WORDS);
      return { status: 'failed', words: words || (ERRORS[code] ?? OTHER_ERROR) };
    }
    default:
      throw badRequest('delivery_status must be 1 (delivered), 2 (read) or -1 (error)');
  }
}

/**
 * Hands a report on. `msgid` is our id, from the hook. Reports are often quicker than the answer to the hook itself: such a one is waited for, since a receipt
 * of a message that is not accepted yet would move nothing; an integration that reports before it answers the hook is answered meanwhile.
 */
export async function takeReport(
  deps: Pick<ApiDeps, 'sql' | 'now' | 'log'>,
  deliver: (facts: ChannelFact[]) => Promise<void>,
  call: SignedCall,
  msgid: string,
  report: Report,
): Promise<void> {
  const of = ofChannel(call);
  const look = () => partOfHook(deps.sql, of, candidatesOf(msgid));
  const part = isUuid(msgid) ? await look() : undefined;
  if (part === undefined) throw notFound('There is no message of this id: take the one of the hook');
  const hand = () =>
    deliver([
      {
        type: 'receiptCame',
        id: `receipt/${msgid.toLowerCase()}/${report.status}`,
        chat: { externalChatId: part.externalChatId, kind: 'private' },
        status: report.status,
        externalIds: [msgid.toLowerCase()],
        ...(report.status === 'failed' ? { words: report.words } : {}),
        receivedAt: deps.now(),
      },
    ]);
  const settled = async (forMs: number) => {
    const until = performance.now() + forMs;
    for (let status = (await look())?.status; status !== undefined && UNDER_WAY.has(status); status = (await look())?.status) {
      if (performance.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return true;
  };
  if (!UNDER_WAY.has(part.status) || (await settled(WAITS_MS))) return hand();
  void settled(GOES_ON_MS)
    .then(hand)
    .catch((error: unknown) => deps.log.error({ err: error, channelId: of.channelId }, 'a delivery status came too early and was lost'));
}
