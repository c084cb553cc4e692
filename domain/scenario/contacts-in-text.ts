/** Finds what a client writes about himself: an e-mail address, a phone number. */
import { findPhoneNumbersInText } from 'libphonenumber-js';

/** Longer texts are searched in their beginning only: finding phones costs more than the length. */
const LONGEST = 4000;

/** The first e-mail address of a text as it stands, or undefined. */
export function emailIn(text: string): string | undefined {
  // Words first, then one test each: no pattern runs over the whole text.
  for (const word of text.slice(0, LONGEST).split(/[\s,;<>()"'«»]+/)) {
    const candidate = word.replace(/^(?:mailto:)+/i, '').replace(/[.!?:]+$/, '');
    if (candidate.length > 254) continue;
    const at = candidate.indexOf('@');
    if (at < 1 || at !== candidate.lastIndexOf('@')) continue;
    if (!/^[\p{L}\p{N}.!#$%&*+/=?^_`{|}~-]{1,64}$/u.test(candidate.slice(0, at))) continue;
    const labels = candidate.slice(at + 1).split('.');
    if (labels.length < 2 || labels.at(-1)!.length < 2) continue;
    if (labels.every((label) => /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u.test(label))) return candidate;
  }
  return undefined;
}

/** Found phones by text: a scenario asks for the same message's phone many times, and a search may take 20 ms. */
const found = new Map<string, string | undefined>();
const MOST_KEPT = 100;

/** The first phone number of a text in E.164 (`+79031234567`), or undefined. Numbers without a country are read as Russian. */
export function phoneIn(text: string): string | undefined {
  const searched = text.slice(0, LONGEST);
  if (found.has(searched)) return found.get(searched);
  const phone = findPhoneNumbersInText(searched, 'RU')[0]?.number.number;
  if (found.size >= MOST_KEPT) found.clear();
  found.set(searched, phone);
  return phone;
}
