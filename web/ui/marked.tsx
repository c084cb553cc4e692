import type { Segments } from '../../api/contract/index.ts';

/** Text with what was looked for marked. Pieces, not HTML: what a client wrote stays text. */
export function Marked({ text }: { text: Segments }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: pieces never change their order within one text, and two may be alike
  return text.map(({ text: piece, hit }, index) => (hit ? <mark key={index}>{piece}</mark> : piece));
}
