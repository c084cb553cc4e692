import { useRef } from 'react';

/** An item with the key React shall know it by. */
export interface Keyed<Item> {
  key: string;
  item: Item;
}

/** Keys made of the items' own names; items of one name are told apart by their order among themselves. For lists that only grow, or never change. */
export function keyed<Item>(items: readonly Item[], nameOf: (item: Item) => string): Keyed<Item>[] {
  const times = new Map<string, number>();
  return items.map((item) => {
    const name = nameOf(item);
    const nth = (times.get(name) ?? 0) + 1;
    times.set(name, nth);
    return { key: `${nth} ${name}`, item };
  });
}

/**
 * Keys for items that are edited where they stand. An item keeps the key of the one before that it is (`isSame`); those that are no earlier one take
 * the keys that are left, in order, so that what was changed out of recognition stays the field it was; the rest are new.
 */
export function keptKeys<Item>(
  items: readonly Item[],
  before: readonly Keyed<Item>[],
  isSame: (now: Item, before: Item) => boolean,
): Keyed<Item>[] {
  const left = [...before];
  const found = items.map((item) => {
    const at = left.findIndex((each) => isSame(item, each.item));
    return { item, key: at < 0 ? undefined : left.splice(at, 1)[0]?.key };
  });
  let highest = Math.max(0, ...before.map(({ key }) => Number(key)));
  return found.map(({ item, key }) => {
    if (key !== undefined) return { item, key };
    const free = left.shift()?.key;
    if (free !== undefined) return { item, key: free };
    highest += 1;
    return { item, key: String(highest) };
  });
}

/** `keptKeys` from one drawing to the next. */
export function useKeptKeys<Item>(items: readonly Item[], isSame: (now: Item, before: Item) => boolean): Keyed<Item>[] {
  const kept = useRef<Keyed<Item>[]>([]);
  kept.current = keptKeys(items, kept.current, isSame);
  return kept.current;
}
