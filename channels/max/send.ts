import { setTimeout as sleep } from 'node:timers/promises';
import type { AttachmentRequest } from '@maxhub/max-bot-api/types';
import { ChannelError, type ConnectedChannel, type Outgoing, type SendReceipt } from '../channel.ts';
import { call, isRecord } from './api.ts';
import { NOT_READY } from './errors.ts';
import { keyboardOf } from './keyboard.ts';
import { forgetUploads, type UploadJob, uploadAll } from './upload.ts';

/** How long a message waits for MAX to prepare its files, try after try; after the last one the caller tries again. */
const NOT_READY_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000];

/**
 * Sends one part with one message, its files uploaded before. MAX has no idempotency key: a call without an answer stays of unknown outcome, while "the file
 * is not ready" is certainly not sent and is repeated here. Texts go without `format`, so nothing in them is markup.
 */
export async function sendPart(channel: ConnectedChannel, outgoing: Outgoing, allowPrivateAddresses: boolean): Promise<SendReceipt> {
  const { part, signal, externalChatId } = outgoing;
  if (!/^-?[1-9]\d{0,18}$/.test(externalChatId)) {
    throw new ChannelError('refused', { scope: 'contact', code: 'bad_chat', words: 'This is no chat of MAX' });
  }
  const job: UploadJob = { channel, files: outgoing.files, signal, allowPrivateAddresses };
  const attachments: AttachmentRequest[] = await uploadAll(part.attachments, job);
  if (part.buttons.length > 0) attachments.push({ type: 'inline_keyboard', payload: { buttons: keyboardOf(part.buttons) } });
  const body = { text: part.text === '' ? null : part.text, attachments: attachments.length === 0 ? null : attachments };
  const link = replyOf(part.replyToExternalId);
  try {
    return await deliver(channel, outgoing, { ...body, ...link }).catch((error: unknown) => {
      // An answer to a message that is gone by now still goes out, as an ordinary one.
      if (link === undefined || !isRefusedMessage(error)) throw error;
      return deliver(channel, outgoing, body);
    });
  } catch (error) {
    if (error instanceof ChannelError && error.kind === 'refused') forgetUploads(part.attachments, job);
    throw error;
  }
}

async function deliver(channel: ConnectedChannel, { externalChatId, signal }: Outgoing, body: object): Promise<SendReceipt> {
  const query = { chat_id: externalChatId };
  return receiptOf(await whenReady(signal, () => call(channel, 'POST', 'messages', { query, body, signal, reading: false })));
}

/** Presses and starts have no message that could be answered. */
function replyOf(externalId: string | undefined): { link: { type: 'reply'; mid: string } } | undefined {
  return externalId?.startsWith('mid.') === true ? { link: { type: 'reply', mid: externalId } } : undefined;
}

function isRefusedMessage(error: unknown): boolean {
  return error instanceof ChannelError && error.kind === 'refused' && error.scope === 'message';
}

async function whenReady<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (const waitMs of NOT_READY_WAITS_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ChannelError) || error.code !== NOT_READY || signal.aborted) throw error;
      // An abort ends the wait; the message was certainly not sent.
      await sleep(waitMs, undefined, { signal }).catch(() => {
        throw error;
      });
    }
  }
  return attempt();
}

function receiptOf(answer: Record<string, unknown>): SendReceipt {
  const mid = isRecord(answer.message) && isRecord(answer.message.body) ? answer.message.body.mid : undefined;
  if (typeof mid !== 'string' || mid === '')
    throw new ChannelError('unknown', { code: 'no_id', words: 'MAX answered without naming the message' });
  return { externalIds: [mid] };
}
