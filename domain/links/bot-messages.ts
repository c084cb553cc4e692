import { flag } from '../scenario/read.ts';
import { linksOf } from './shorten-links.ts';

/** Where a message stands in a bot's source: keys from the root on; a part that is kept as JSON text is walked through as if it were no text. */
export type MessagePath = readonly (string | number)[];

export interface LinkedMessage {
  path: MessagePath;
  /** Its text as the author wrote it. */
  words: string;
  urls: string[];
  /** What the author chose about short links; undefined: as the channel is set. */
  shorten: boolean | undefined;
}

type Tree = Record<string, unknown>;

/** Sources are nested by people: anything deeper is no scenario of ours. */
const DEEPEST = 60;

/** The messages of a bot's source that lead somewhere, in the order of the file. Empty for what is no JSON. */
export function messagesWithLinks(source: string): LinkedMessage[] {
  const found: LinkedMessage[] = [];
  const walk = (given: unknown, path: MessagePath) => {
    const value = opened(given);
    if (path.length > DEEPEST) return;
    if (Array.isArray(value)) for (const [index, one] of value.entries()) walk(one, [...path, index]);
    if (!isTree(value)) return;
    const message = messageOf(value);
    if (message !== undefined) {
      const { text, at } = message;
      const urls = linksOf({ text, buttons: buttonsOf(message.tree.buttons) });
      const { shorten_links: chosen } = message.tree;
      if (urls.length > 0) found.push({ path: [...path, ...at], words: text, urls, shorten: chosen == null ? undefined : flag(chosen) });
    }
    for (const [key, one] of Object.entries(value)) walk(one, [...path, key]);
  };
  walk(source, []);
  return found;
}

/** The same source with another choice for the message at `path`; everything else says what it said. Throws RangeError where no message stands. */
export function withShorten(source: string, path: MessagePath, shorten: boolean | undefined): string {
  const change = (given: unknown, [key, ...rest]: MessagePath): unknown => {
    const value = opened(given);
    if (typeof given === 'string' && typeof value === 'string') throw new RangeError('No message stands there');
    if (typeof given === 'string') return JSON.stringify(change(value, key === undefined ? [] : [key, ...rest]));
    if (Array.isArray(value) && typeof key === 'number' && key < value.length)
      return value.map((one: unknown, index) => (index === key ? change(one, rest) : one));
    if (!isTree(value)) throw new RangeError('No message stands there');
    if (key === undefined) {
      const { shorten_links: _, ...others } = value;
      return shorten === undefined ? others : { ...others, shorten_links: shorten };
    }
    if (!Object.hasOwn(value, key)) throw new RangeError('No message stands there');
    return { ...value, [key]: change(value[key], rest) };
  };
  return String(change(source, path));
}

/** The handlers that write to the client, by where each keeps its message. */
function messageOf({ handler, params }: Tree): { tree: Tree; text: string; at: string[] } | undefined {
  if (!isTree(params)) return undefined;
  const isOutside = handler === 'send_external_message';
  if (handler !== 'show' && handler !== 'send_message' && !isOutside) return undefined;
  const tree = isOutside ? params.message : params;
  if (!isTree(tree)) return undefined;
  const text = handler === 'show' ? tree.value : tree.text;
  return { tree, text: typeof text === 'string' ? text : '', at: isOutside ? ['params', 'message'] : ['params'] };
}

function buttonsOf(value: unknown): { type: 'url'; label: string; url: string }[] {
  return (Array.isArray(value) ? value : []).flatMap((button: unknown) =>
    isTree(button) && typeof button.url === 'string' ? [{ type: 'url' as const, label: '', url: button.url }] : [],
  );
}

/** Exports keep parts of themselves as JSON text. */
function opened(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\uFEFF?\s*[[{]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value.replace(/^\uFEFF/, ''));
    return typeof parsed === 'object' && parsed !== null ? parsed : value;
  } catch {
    return value; // a text that only begins like one
  }
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
