/** Words of the server in the language of the page: English is the server's own, others have a table by sentence. */
let exact = new Map<string, string>();
let patterns: { form: RegExp; words: string }[] = [];

/** Takes a language's table; an empty one for the language the server speaks itself. */
export function speakBy(table: Record<string, string>): void {
  exact = new Map(Object.entries(table).filter(([sentence]) => !sentence.includes('{')));
  patterns = Object.entries(table)
    .filter(([sentence]) => sentence.includes('{'))
    .map(([sentence, words]) => {
      const parts = sentence.split(/\{\d\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return { form: new RegExp(`^${parts.join('(.+)')}$`, 's'), words };
    });
}

/** A sentence of the server as the page says it; undefined where its table has no words for it. */
export function inOurWords(sentence: string): string | undefined {
  const known = exact.get(sentence);
  if (known !== undefined) return known;
  for (const { form, words } of patterns) {
    const found = form.exec(sentence);
    if (found !== null) return words.replace(/\{(\d)\}/g, (_, place: string) => found[Number(place) + 1] ?? '');
  }
  return undefined;
}
