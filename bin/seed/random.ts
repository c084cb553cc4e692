/** Chance that is the same for the same seed: a seeded account can be made again, byte for byte. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Exponential with this mean: gaps between things that happen by chance. */
  gap(mean: number): number;
  uuid(): string;
}

/** mulberry32 (public domain, Tommy Ettinger): fast, and good enough for made-up people. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = () => bits() / 4_294_967_296;
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
  return {
    next,
    below: (below) => Math.floor(next() * below),
    chance: (share) => next() < share,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    gap: (mean) => -Math.log(1 - next()) * mean,
    uuid() {
      const [a, b, c, d] = [bits(), bits(), bits(), bits()];
      const version = (b & 0xffff0fff) | 0x4000;
      const variant = (c & 0x3fffffff) | 0x80000000;
      const [middle, tail] = [hex(version >>> 0, 8), hex(variant >>> 0, 8)];
      return `${hex(a, 8)}-${middle.slice(0, 4)}-${middle.slice(4)}-${tail.slice(0, 4)}-${tail.slice(4)}${hex(d, 8)}`;
    },
  };
}
