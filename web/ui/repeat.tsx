import { Children, type ReactNode } from 'react';

/** The same stand-in `times` over; where they differ, each is drawn for its place, counted from 0. */
export function Repeat({ times, children }: { times: number; children: ReactNode | ((place: number) => ReactNode) }) {
  return Children.toArray(Array.from({ length: times }, (_, place) => (typeof children === 'function' ? children(place) : children)));
}
