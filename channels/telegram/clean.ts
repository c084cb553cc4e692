/** Removes what Postgres and JSON cannot hold: NUL and halves of surrogate pairs. */
export function clean(text: string): string {
  return text.replace(/\u0000|\p{Surrogate}/gu, '');
}
