/** Words of the server in the language of the page: English is the server's own, others have a table by sentence. */
let exact = new Map<string, string>();
let patterns: { form: RegExp; words: string }[] = [];

/** Takes a language's table; an empty one for the language the server speaks itself. */
export function speakBy(table: Record<string, string>): void {
  exact = new Map(Object.entries(table).filter(([sentence]) => !sentence.includes('{0}')));
  patterns = Object.entries(table)
    .filter(([sentence]) => sentence.includes('{0}'))
    .map(([sentence, words]) => ({ parts: sentence.split(/\{\d\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')), words }))
    // What says more in its own words is asked first.
    .sort((one, other) => other.parts.join('').length - one.parts.join('').length)
    .map(({ parts, words }) => ({ form: new RegExp(`^${parts.join('(.*)')}$`, 's'), words }));
}

/** A sentence of the server as the page says it; undefined where its table has no words for it. What a sentence names may be such a sentence again. */
export function inOurWords(sentence: string): string | undefined {
  const known = exact.get(sentence);
  if (known !== undefined) return known;
  for (const { form, words } of patterns) {
    const found = form.exec(sentence);
    if (found === null) continue;
    return words.replace(/\{(\d)\}/g, (_, place: string) => {
      const named = found[Number(place) + 1] ?? '';
      return inOurWords(named) ?? named;
    });
  }
  return undefined;
}
