/** Authors' regular expressions: delimited with flags as the vendor writes them (`/north/iu`), run by an engine of linear time. */
import { RE2JS } from 're2js';

export type PatternFault = 'empty' | 'tooLong' | 'flags' | 'unsupported';

export interface Pattern {
  /**
   * The first match with its groups; null where nothing matches. Group 0 is the whole match.
   * Takes the search's cost from the budget; nothing matches when it is spent.
   */
  match(text: string, budget: SearchBudget): (string | null)[] | null;
}

/** What one turn may spend on searches, in characters × instructions. Linear time alone does not keep five hundred patterns short. */
export interface SearchBudget {
  left: number;
}

/** About half a second at worst; an ordinary answer spends less than a thousandth of it. */
export function searchBudget(): SearchBudget {
  return { left: 10_000_000 };
}

const LONGEST_PATTERN = 2000;
/** Longer texts are searched in their beginning only: what a messenger carries is shorter. */
const LONGEST_TEXT = 8000;
/** Linear time is text × program: repeats of repeats make programs large (`a{1000}` is a thousand instructions). */
const LARGEST_PROGRAM = 3000;
const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}', '<': '>' };
const FLAGS: Record<string, number> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
  u: 0,
  g: 0,
  D: 0,
};

const compiled = new Map<string, Pattern | PatternFault>();
const MOST_COMPILED = 2000;

/**
 * Compiles a delimited pattern; the same source is compiled once. Without delimiters the whole text is the pattern.
 * Look-ahead and back-references have no linear-time meaning: `unsupported`.
 */
export function pattern(source: string): Pattern | PatternFault {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const made = compile(source);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(source, made);
  return made;
}

function compile(source: string): Pattern | PatternFault {
  if (source.length > LONGEST_PATTERN) return 'tooLong';
  const { body, flags } = split(source.trim());
  if (body === '') return 'empty';
  let bits = 0;
  for (const letter of flags) {
    const bit = Object.hasOwn(FLAGS, letter) ? FLAGS[letter] : undefined;
    if (bit === undefined) return 'flags';
    bits |= bit;
  }
  try {
    const engine = RE2JS.compile(flags.includes('u') ? unicodeWords(body) : body, bits);
    if (engine.programSize() > LARGEST_PROGRAM) return 'tooLong';
    return {
      match(text: string, budget: SearchBudget) {
        if (budget.left <= 0) return null;
        const searched = text.slice(0, LONGEST_TEXT);
        budget.left -= (searched.length + 1) * engine.programSize();
        const matcher = engine.matcher(searched);
        if (!matcher.find()) return null;
        return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index));
      },
    };
  } catch {
    return 'unsupported'; // the engine throws only for what its syntax does not hold
  }
}

function split(source: string): { body: string; flags: string } {
  const opening = source[0];
  if (opening === undefined || /[\p{L}\p{N}\s\\^]/u.test(opening)) return { body: source, flags: '' };
  const end = source.lastIndexOf(CLOSING[opening] ?? opening);
  const flags = source.slice(end + 1);
  return end > 0 && /^[A-Za-z]*$/.test(flags) ? { body: source.slice(1, end), flags } : { body: source, flags: '' };
}

const LETTERS = String.raw`\p{L}\p{N}_`;

/** With the flag `u` the vendor's PCRE counts letters of every script as word characters; RE2's \w, \W and \b know ASCII only. */
function unicodeWords(body: string): string {
  let out = '';
  let inClass = false;
  for (let index = 0; index < body.length; index += 1) {
    const char = body[index]!;
    const next = body[index + 1];
    if (char === '\\' && next !== undefined) {
      index += 1;
      if (next === 'w') out += inClass ? LETTERS : `[${LETTERS}]`;
      else if (next === 'W' && !inClass) out += `[^${LETTERS}]`;
      else if (next === 'b' && !inClass) out += boundary(body, index);
      else out += char + next;
      continue;
    }
    if (char === '[' && !inClass) {
      inClass = true;
      out += char;
      if (next === '^') {
        out += next;
        index += 1;
      }
      if (body[index + 1] === ']') {
        out += '\\]';
        index += 1;
      }
      continue;
    }
    if (char === ']') inClass = false;
    out += char;
  }
  return out;
}

/**
 * RE2 has no boundary between letters that are not ASCII, so the neighbouring character is taken instead: the one before a word
 * where the boundary opens something, the one after it elsewhere.
 */
function boundary(body: string, at: number): string {
  const before = body.slice(0, at - 1);
  const opens = before === '' || /[(|^\s]$/.test(before) || /\(\?[a-z:]*$/.test(before);
  return opens ? `(?:^|[^${LETTERS}])` : `(?:$|[^${LETTERS}])`;
}
