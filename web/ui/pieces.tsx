import { Fragment, type ReactNode } from 'react';

/** A stretch of a text, and whether it is one of those that were looked for. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** A text cut at what `pattern` finds. The pattern has exactly one group, around all of it; joined again the pieces are the text. */
export function piecesOf(text: string, pattern: RegExp): Piece[] {
  return text.split(pattern).map((piece, index) => ({ text: piece, hit: index % 2 === 1 }));
}

/** A text in pieces, those that were looked for drawn by `hit`. A piece is known by where it begins in the text; empty ones are nowhere. */
export function Pieces({ of, hit }: { of: readonly Piece[]; hit: (text: string) => ReactNode }) {
  let end = 0;
  return of
    .filter(({ text }) => text !== '')
    .map((piece) => {
      const begin = end;
      end += piece.text.length;
      return <Fragment key={begin}>{piece.hit ? hit(piece.text) : piece.text}</Fragment>;
    });
}
