/** Each item with a key made of its own name; items of one name are told apart by their order among themselves. For lists in which two may be alike. */
export function keyed<Item>(items: readonly Item[], nameOf: (item: Item) => string): { key: string; item: Item }[] {
  const times = new Map<string, number>();
  return items.map((item) => {
    const name = nameOf(item);
    const nth = (times.get(name) ?? 0) + 1;
    times.set(name, nth);
    return { key: `${nth} ${name}`, item };
  });
}
