/** Parts of a sent message that both dialects share. */
import type { AttachmentKind } from '../../message/model.ts';
import type { TemplateToWrite } from '../../message/template.ts';
import type { SendButton } from '../model.ts';
import { blank, flag, list, record, type Tree, text } from '../read.ts';
import type { Outgoing, Report } from './handler.ts';

/** Buttons as texts or as `{type: 'inline' | 'url', text, url}`. One without a text is left out and reported. */
export function readButtons(value: unknown, path: string, report: Report): SendButton[] {
  const buttons: SendButton[] = [];
  for (const [index, entry] of (list(value) ?? []).entries()) {
    const tree = record(entry);
    const label = tree === undefined ? text(entry) : (text(tree.text) ?? text(tree.title));
    const url = text(tree?.url);
    if (label === undefined || label.trim() === '') report('warning', 'button_without_text', `${path}[${index}]`);
    else buttons.push(url !== undefined && url.trim() !== '' ? { type: 'url', label, url } : { type: 'reply', label });
  }
  return buttons;
}

const KINDS: Record<string, AttachmentKind> = {
  picture: 'picture',
  image: 'picture',
  photo: 'picture',
  video: 'video',
  audio: 'audio',
  voice: 'voice',
  sticker: 'sticker',
};

/** Attachments: `value` is the id of a stored file or an http(s) address. Unknown types go out as files. */
export function readAttachments(value: unknown): Outgoing['message']['attachments'] {
  const attachments: Outgoing['message']['attachments'] = [];
  for (const entry of list(value) ?? (record(value) === undefined ? [] : [value])) {
    const tree = record(entry);
    const file = tree === undefined ? undefined : (text(tree.value) ?? text(tree.url));
    if (tree === undefined || file === undefined || file === '') continue;
    const type = text(tree.type)?.toLowerCase() ?? '';
    const name = text(tree.name) ?? text(tree.file_name);
    attachments.push({ kind: Object.hasOwn(KINDS, type) ? KINDS[type]! : 'file', value: file, ...(name === undefined ? {} : { name }) });
  }
  return attachments;
}

/** What the author chose about short links in this message (`shorten_links`, our own word); absent: as the channel is set. */
export function readShorten(value: unknown): { shortenLinks?: boolean } {
  return value === undefined || value === null ? {} : { shortenLinks: flag(value) };
}

/**
 * Recipients as the vendor has them: copies = chosen contacts × chosen channels. Without a choice the message goes to the chat the run
 * talks in. Undefined: a choice that cannot be made here (filtered contacts).
 */
export function readRecipient(recipient: unknown, channels: number[] | 'all' | undefined): Outgoing['message']['to'] | undefined {
  const tree = record(recipient);
  if (tree === undefined && channels === undefined) return 'current';
  const type = text(tree?.type) ?? 'all_contacts';
  if (type !== 'all_contacts' && type !== 'main_contact') return undefined;
  const way = text(tree?.way_of_communication) ?? 'over_all';
  return { contacts: type === 'main_contact' ? 'main' : 'all', channels: way === 'over_all' ? (channels ?? 'all') : 'lastActive' };
}

/** Keys of a template's fields: the places of its heading and text, the ends of its buttons' addresses. */
const FIELD = /^(?:(?:heading|text)\.\w{1,60}|button\.\d{1,2})$/;

/**
 * A template (`templateType: "waba"`) is named in our own words, as people name it: `template: {name, language, values}`, placeholders in the values. The
 * number by which the vendor's file knows it means a template of the vendor's account: it is reported, and `unmapped` says so.
 */
export function readTemplate(tree: Tree, report: Report): { template?: TemplateToWrite; unmapped?: string } {
  const given = record(tree.template);
  if (given === undefined && tree.templateType !== 'waba') return {};
  const name = text(given?.name)?.trim() ?? '';
  const language = text(given?.language)?.trim() ?? '';
  if (name === '' || language === '') {
    const unmapped = blank(tree.template_id) ? '—' : (text(tree.template_id) ?? '').slice(0, 40);
    report('warning', 'unmapped_template', given === undefined ? 'template_id' : 'template', { id: unmapped });
    return { unmapped };
  }
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(record(given?.values) ?? {})) {
    const words = text(value);
    if (FIELD.test(key) && words !== undefined) values[key] = words;
    else report('warning', 'template_place', `template.values.${key.slice(0, 60)}`, { value: key.slice(0, 60) });
  }
  return { template: { name, language, values } };
}
