/**
 * Cutting text to what a messenger takes. Lengths are UTF-16 units: an upper bound on characters however the messenger counts them.
 * A cut never falls inside a grapheme (what a reader sees as one character) nor, where it can be helped, inside a link.
 */

/** A break is taken only if it leaves the chunk at least this full, else a two-word first line would become a message of its own. */
const LEAST_FILL = 1 / 3;

/** Where a text may be cut, best first: after these matches. */
const BREAKS: { after: RegExp; leastFill: number }[] = [
  { after: /\n[^\S\n]*\n\s*/g, leastFill: LEAST_FILL },
  { after: /\n\s*/g, leastFill: LEAST_FILL },
  { after: /[.!?…]["'»”)\]]*\s+|[。！？]/g, leastFill: LEAST_FILL },
  { after: /\s+/g, leastFill: 0 },
];
/** Enough to recognise a link of which only the first letter stands before the cut. */
const LINK_PREFIX = 10;
const LINK = /(?:https?:\/\/|www\.)\S+/gi;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Splits a text into chunks of at most `limit` units: by paragraph, line, sentence, word, and only then by grapheme. White space at a cut is
 * dropped, nothing else. Blank text gives no chunk.
 */
export function splitText(text: string, limit: number): string[] {
  const chunks: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const cut = cutPoint(rest, limit);
    const chunk = rest.slice(0, cut).trimEnd();
    if (chunk.trim() !== '') chunks.push(chunk);
    rest = rest.slice(cut).trimStart();
  }
  if (rest.trim() !== '') chunks.push(rest);
  return chunks;
}

/** The text's first graphemes that fit `limit` units, without a mark that something is missing. */
export function cutText(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, graphemeCut(text, limit));
}

/** The text shortened to `limit` units with `…` at its end, where it is longer. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, graphemeStart(text, limit - 1)).trimEnd()}…`;
}

function cutPoint(text: string, limit: number): number {
  // One unit more: white space right after a full chunk is a break too.
  const window = text.slice(0, limit + 1);
  for (const { after, leastFill } of BREAKS) {
    const cut = lastBreak(window, after, limit, leastFill * limit);
    if (cut !== undefined) return cut;
  }
  const cut = graphemeCut(text, limit);
  const link = linkAcross(text, cut);
  return link === undefined || link === 0 ? cut : link;
}

/** Where the last usable break ends. What stands before its white space must fit the limit; the white space itself is dropped. */
function lastBreak(window: string, after: RegExp, limit: number, least: number): number | undefined {
  for (const match of [...window.matchAll(after)].reverse()) {
    const end = match.index + match[0].length;
    const filled = window.slice(0, end).trimEnd().length;
    if (filled === 0 || filled < least) return undefined;
    // A space that carries a combining mark belongs to it and is no break.
    if (filled <= limit && (end >= window.length || graphemeStart(window, end) === end)) return end;
  }
  return undefined;
}

/** The last boundary at or before `limit`; a single grapheme longer than that is cut between code points. */
function graphemeCut(text: string, limit: number): number {
  const cut = graphemeStart(text, limit);
  if (cut > 0) return cut;
  const code = text.charCodeAt(limit);
  if (code < 0xdc00 || code > 0xdfff) return limit;
  // No messenger's limit is 1; a pair that cannot fit is still better whole.
  return limit > 1 ? limit - 1 : limit + 1;
}

/** The start of the grapheme that holds position `at`. */
function graphemeStart(text: string, at: number): number {
  if (at >= text.length) return text.length;
  // Intl needs time in proportion to what it is given: begin at the nearest place that certainly is a boundary.
  let from = at;
  while (from > 0 && !(standsAlone(text.charCodeAt(from - 1)) && standsAlone(text.charCodeAt(from)))) from -= 1;
  return from === at ? at : from + graphemes.segment(text.slice(from, at + 2)).containing(at - from)!.index;
}

/** Printable ASCII, Cyrillic letters, ideographs: between two of these there is always a grapheme boundary. */
function standsAlone(code: number): boolean {
  return (code >= 0x20 && code <= 0x7e) || (code >= 0x400 && code <= 0x482) || (code >= 0x4e00 && code <= 0x9fff);
}

/** The start of the link that position `at` would cut. */
function linkAcross(text: string, at: number): number | undefined {
  for (const match of text.slice(0, at + LINK_PREFIX).matchAll(LINK)) {
    if (match.index < at && match.index + match[0].length > at) return match.index;
  }
  return undefined;
}
