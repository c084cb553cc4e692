import { MAX_INBOUND_TEXT } from '../../domain/message/clean.ts';
import type { InboundMessage } from '../../domain/message/model.ts';
import { cutText } from '../../domain/message/split-text.ts';
import { numberField, textField } from '../fields.ts';
import { isRecord } from './api.ts';
import { readAttachment } from './media.ts';
import type { VkMessage } from './wire.ts';

/** Forwarded messages are quoted so deep, and so many of them. */
const MAX_FORWARD_DEPTH = 5;
const MAX_FORWARDED = 100;

export type Content = Pick<InboundMessage, 'text' | 'attachments' | 'location' | 'unsupported'>;

/**
 * What a message carries: its text, files of every kind, a place. Kinds without a file of their own (video, post, product) become their address as a
 * line of the text; forwarded messages are quoted, with their files. What none of it can show is named in `unsupported`.
 */
export function contentOf(message: VkMessage): Content {
  const text = plainText(message.text ?? '');
  const content: Content = { text, attachments: [] };
  const lines: string[] = [];
  addAttachments(message, text, content, lines);
  quote(message, content, lines, { left: MAX_FORWARDED }, 1);
  if (lines.length > 0) content.text = cutText([text, ...lines].filter((line) => line !== '').join('\n'), MAX_INBOUND_TEXT);
  const point = message.geo === undefined || message.geo === null ? undefined : pointOf(message.geo);
  if (point !== undefined) content.location = point;
  return content;
}

/** A text as it was typed: VK escapes some characters in it as HTML does. */
export function plainText(text: string): string {
  return textField(text)
    .replaceAll('<br>', '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function addAttachments(message: VkMessage, text: string, into: Content, lines: string[]): void {
  for (const attachment of message.attachments ?? []) {
    const read = readAttachment(attachment, text);
    if (read.file !== undefined) into.attachments.push(read.file);
    if (read.line !== undefined) lines.push(read.line);
    if (read.unsupported !== undefined) into.unsupported ??= read.unsupported;
  }
}

function quote(message: VkMessage, into: Content, lines: string[], budget: { left: number }, depth: number): void {
  if (depth > MAX_FORWARD_DEPTH) return;
  for (const forwarded of message.fwd_messages ?? []) {
    if (budget.left <= 0) return;
    budget.left -= 1;
    const text = plainText(forwarded.text ?? '');
    const own: string[] = [];
    addAttachments(forwarded, text, into, own);
    for (const line of [text, ...own].filter((one) => one !== '').flatMap((one) => one.split('\n'))) {
      lines.push(`${'> '.repeat(depth)}${line}`);
    }
    quote(forwarded, into, lines, budget, depth + 1);
  }
}

/** Older clients give the place as "latitude longitude". */
function pointOf({ coordinates }: NonNullable<VkMessage['geo']>): { latitude: number; longitude: number } | undefined {
  if (typeof coordinates === 'string') {
    const [latitude, longitude] = coordinates.split(' ').map(Number);
    return { latitude: numberField(latitude!), longitude: numberField(longitude!) };
  }
  if (!isRecord(coordinates)) return undefined;
  return { latitude: numberField(coordinates.latitude as number), longitude: numberField(coordinates.longitude as number) };
}
