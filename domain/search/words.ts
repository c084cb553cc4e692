/** What somebody typed into a search box, in the words that Postgres understands; and what it found, as pieces of text with and without a hit. */

export interface SearchWords {
  /** tsquery text of the words that are complete; '' where there is only one. */
  whole: string;
  /** The last word, which may still be typed: its beginning is enough. */
  last: string;
  /** Phone numbers by digits, the ways it may be stored; empty where no number was typed. */
  phones: string[];
  /** Conversation or card that is named by its number, with or without `#`. */
  number: number | undefined;
}

const WORDS_MOST = 12;
const WORD_LENGTH_MOST = 64;
const PHONE_DIGITS_LEAST = 5;
/** A phone is kept by so many digits from its end: +7 and 8 before them are the same. */
const PHONE_DIGITS_KEPT = 10;

/** Undefined where nothing is left to look for. */
export function searchWords(typed: string): SearchWords | undefined {
  const words = typed
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}@._+-]+/gu, ' ')
    .split(' ')
    .map((word) => word.replace(/^[@._+-]+|[@._+-]+$/g, '').slice(0, WORD_LENGTH_MOST))
    .filter((word) => word !== '')
    .slice(0, WORDS_MOST);
  const last = words.pop();
  if (last === undefined) return undefined;
  const number = /^\s*[#№]?\s*(\d{1,12})\s*$/.exec(typed)?.[1];
  return {
    whole: words.map(quoted).join(' & '),
    last: `${quoted(last)}:*`,
    phones: phonesOf(typed),
    number: number === undefined ? undefined : Number(number),
  };
}

// Nothing in a word can end the quotes: they were filtered out above.
const quoted = (word: string) => `'${word}'`;

function phonesOf(typed: string): string[] {
  const digits = typed.replace(/\D/g, '');
  if (digits.length < PHONE_DIGITS_LEAST || /[^\d\s()+-]/.test(typed)) return [];
  const withoutPrefix = /^[78]\d/.test(digits) ? [digits.slice(1)] : [];
  return [...new Set([digits, ...withoutPrefix].map((each) => each.slice(-PHONE_DIGITS_KEPT)))];
}

export interface Segment {
  text: string;
  hit: boolean;
}

/** Around a hit, as Postgres marks them: of the private area, so that no text that was searched holds them. */
export const HIT_START = '\uE000';
export const HIT_END = '\uE001';

/**
 * `marked` is the searched form of `text`, character by character, with marks around hits: the same places of the text itself. Where the two do not
 * match, nothing is marked. Longer texts than `most` characters are cut around the first hit.
 */
export function segmentsOf(text: string, marked: string, phones: readonly string[] = [], most = Number.MAX_SAFE_INTEGER): Segment[] {
  const characters = [...text];
  const hits = hitsOf(marked, characters.length);
  for (const phone of phones) markPhone(characters, hits, phone);
  const first = Math.max(0, hits.indexOf(true));
  const from =
    characters.length <= most
      ? 0
      : wordStart(characters, Math.max(0, Math.min(first - Math.floor(most / 3), characters.length - most)), first);
  const to = Math.min(characters.length, from + most);
  const segments: Segment[] = from > 0 ? [{ text: '…', hit: false }] : [];
  for (let index = from; index < to; index += 1) {
    const hit = hits[index] === true;
    const open = segments.at(-1);
    if (open?.hit === hit) open.text += characters[index];
    else segments.push({ text: characters[index] ?? '', hit });
  }
  if (to < characters.length) segments.push({ text: '…', hit: false });
  return segments;
}

function hitsOf(marked: string, length: number): boolean[] {
  const hits: boolean[] = [];
  let inside = false;
  for (const character of marked) {
    if (character === HIT_START) inside = true;
    else if (character === HIT_END) inside = false;
    else hits.push(inside);
  }
  return hits.length <= length ? hits : [];
}

/** Digits of a phone, whatever stands between them. */
function markPhone(characters: readonly string[], hits: boolean[], phone: string): void {
  const places = characters.flatMap((character, index) => (/\d/.test(character) ? [index] : []));
  const digits = places.map((place) => characters[place]).join('');
  const at = digits.indexOf(phone);
  const [from, to] = [places[at], places[at + phone.length - 1]];
  if (at < 0 || from === undefined || to === undefined) return;
  for (let index = from; index <= to; index += 1) hits[index] = true;
}

/** The beginning of the first whole word at or after `from`, but never beyond the hit. */
function wordStart(characters: readonly string[], from: number, hit: number): number {
  if (from === 0) return 0;
  for (let index = from; index < hit; index += 1) if (/\s/.test(characters[index - 1] ?? '')) return index;
  return Math.min(from, hit);
}
