import type { Segments } from '../../api/contract/index.ts';
import { Pieces } from './pieces.tsx';

/** Text with what was looked for marked. Pieces, not HTML: what a client wrote stays text. */
export function Marked({ text }: { text: Segments }) {
  return <Pieces of={text} hit={(words) => <mark>{words}</mark>} />;
}
