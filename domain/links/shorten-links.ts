import type { Button } from '../message/model.ts';
import { findLinks, webAddress } from './find-links.ts';

/** The path under which short links stand at any address of ours. */
export const LINK_PATH = '/s/';

interface Linked {
  text: string;
  buttons: readonly Button[];
}

/** Beginnings of addresses that are short links already; `bases` are our own addresses without a trailing slash. */
export const ownBeginnings = (bases: readonly string[]): string[] => bases.map((base) => base + LINK_PATH);

/** Every address that a message leads to, once each and sorted: in its text and behind its buttons. Short ones of our own are not among them. */
export function linksOf({ text, buttons }: Linked, own: readonly string[] = []): string[] {
  const urls = new Set(findLinks(text, own).map(({ url }) => url));
  for (const button of buttons) {
    const url = button.type === 'url' ? webAddress(button.url) : undefined;
    if (url !== undefined && !own.some((beginning) => url.startsWith(beginning))) urls.add(url);
  }
  return [...urls].sort();
}

/**
 * The message as it goes out: each link replaced by what `shortOf` says for its address, everything else as it was. A link for which it says nothing
 * stays. What is stored and shown to people of the account is the message that was given, never this one.
 */
export function withShortLinks<Message extends Linked>(message: Message, shortOf: (url: string) => string | undefined): Message {
  const buttons = message.buttons.map((button) => {
    const short = button.type === 'url' ? shortOf(webAddress(button.url) ?? '') : undefined;
    return button.type === 'url' && short !== undefined ? { ...button, url: short } : button;
  });
  return { ...message, text: replaceLinks(message.text, shortOf), buttons };
}

function replaceLinks(text: string, shortOf: (url: string) => string | undefined): string {
  let out = '';
  let from = 0;
  for (const link of findLinks(text)) {
    out += text.slice(from, link.from) + (shortOf(link.url) ?? text.slice(link.from, link.to));
    from = link.to;
  }
  return out + text.slice(from);
}
