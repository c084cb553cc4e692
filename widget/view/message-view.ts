import type { WireAttachment } from '../../api/webchat/wire.ts';
import type { Chat } from '../controller.ts';
import { type Language, sizeWords, type Words } from '../words.ts';
import { el, icon, safeUrl, textNodes } from './dom.ts';
import type { MessageItem } from './items.ts';
import { timeWords } from './times.ts';

export interface ViewContext {
  chat: Chat;
  words: Words;
  language: Language;
}

const PICTURE_WIDTH_PX = 256;
const PICTURE_MOST_PX = 300;

/** Builds the content of one message. Everything a person or a bot wrote goes in as text. */
export function messageNodes(item: MessageItem, context: ViewContext): Node[] {
  const { words } = context;
  const { author } = item;
  const nodes: Node[] = [];
  if (author.kind !== 'visitor' && item.first) {
    nodes.push(el('div', { class: 'who' }, el('b', {}, author.name), author.kind === 'bot' && el('span', { class: 'tag' }, words.bot)));
  } else {
    nodes.push(el('span', { class: 'sr' }, `${author.kind === 'visitor' ? words.you : author.name}: `));
  }
  const seen = item.attachments.filter((file) => file.kind === 'picture' || file.kind === 'sticker' || file.kind === 'video');
  if (seen.length > 0)
    nodes.push(
      el('div', { class: seen.length > 1 ? 'media many' : 'media' }, ...seen.map((file) => mediaNode(file, seen.length > 1, context))),
    );
  for (const file of item.attachments) if (!seen.includes(file)) nodes.push(fileNode(file, context));
  if (item.text !== '') nodes.push(el('div', { class: 'bubble', dir: 'auto' }, ...textNodes(item.text)));
  if (item.buttons.length > 0) nodes.push(chipsNode(item, context));
  if (item.status === 'failed') nodes.push(troubleNode(item, context));
  else if (item.last) nodes.push(metaNode(item, context));
  return nodes;
}

function mediaNode(file: WireAttachment, small: boolean, { chat, words }: ViewContext): Node {
  const label = file.name || words.picture;
  if (file.handle === undefined) return el('div', { class: 'pic', attrs: { 'aria-label': `${label}, ${words.copying}` } });
  const source = chat.client.fileUrl(file.handle);
  const isVideo = file.kind === 'video';
  const content = isVideo
    ? el('video', { src: source, controls: true, preload: 'metadata', playsInline: true, attrs: { 'aria-label': label } })
    : el('img', { src: source, alt: label, decoding: 'async' });
  const box = isVideo
    ? el('div', { class: 'pic' }, content)
    : el('a', { class: 'pic', href: source, target: '_blank', rel: 'noopener' }, content);
  // The box has its final size before the bytes are there: nothing jumps.
  if (!small) {
    const ratio = file.widthPx && file.heightPx ? file.heightPx / file.widthPx : 0.75;
    box.style.height = `${Math.min(PICTURE_MOST_PX, Math.max(64, Math.round(PICTURE_WIDTH_PX * ratio)))}px`;
  }
  return box;
}

function fileNode(file: WireAttachment, { chat, words, language }: ViewContext): Node {
  const source = file.handle === undefined ? undefined : chat.client.fileUrl(file.handle);
  if (source !== undefined && (file.kind === 'audio' || file.kind === 'voice')) {
    return el('audio', { src: source, controls: true, preload: 'metadata', attrs: { 'aria-label': file.name } });
  }
  const size = source === undefined ? words.copying : file.sizeBytes === undefined ? '' : sizeWords(file.sizeBytes, words, language);
  const sign = el('span', { class: 'sign' }, icon('file', 22));
  const label = el('span', {}, el('span', { class: 'name' }, file.name || words.file), el('span', { class: 'size' }, size));
  return source === undefined
    ? el('div', { class: 'doc' }, sign, label)
    : el('a', { class: 'doc', href: source, target: '_blank', rel: 'noopener', download: file.name }, sign, label);
}

function chipsNode(item: MessageItem, { chat, words }: ViewContext): Node {
  const group = el('div', { class: 'chips', attrs: { role: 'group', 'aria-label': words.choices } });
  for (const button of item.buttons) {
    if (button.type === 'url') {
      const href = safeUrl(button.url);
      if (href !== undefined) group.append(el('a', { class: 'chip', href, target: '_blank', rel: 'noopener noreferrer' }, button.label));
      continue;
    }
    const chip = el('button', { class: 'chip', type: 'button', disabled: !item.buttonsOpen }, button.label);
    chip.addEventListener('click', () => {
      if (chip.classList.contains('chosen')) return; // a double click is one answer
      for (const other of group.querySelectorAll('.chosen')) other.classList.remove('chosen');
      chip.classList.add('chosen');
      chat.send({ text: button.label, files: [], buttonKey: button.key });
    });
    group.append(chip);
  }
  return group;
}

function metaNode(item: MessageItem, { words, language }: ViewContext): Node {
  const time = el(
    'time',
    { dateTime: new Date(item.at).toISOString(), title: new Date(item.at).toLocaleString(language) },
    timeWords(item.at, language),
  );
  if (item.status === undefined || item.status === 'failed') return el('div', { class: 'meta' }, time);
  const signs = { sending: 'clock', sent: 'check', seen: 'checks' } as const;
  const state = words[item.status];
  return el(
    'div',
    { class: `meta ${item.status}` },
    time,
    el('span', { title: state }, icon(signs[item.status], 14), el('span', { class: 'sr' }, state)),
  );
}

function troubleNode(item: MessageItem, { chat, words }: ViewContext): Node {
  const id = item.clientMessageId ?? '';
  return el(
    'div',
    { class: 'trouble' },
    el('span', { title: item.words ?? '' }, words.failed),
    el('button', { type: 'button', on: { click: () => chat.retry(id) } }, words.retry),
    el('button', { type: 'button', on: { click: () => chat.discard(id) } }, words.discard),
  );
}
