/** What the browser keeps for one channel. Where storage is forbidden (private windows, strict settings) it lives as long as the page. */
export interface Keep {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Names that begin with `prefix`. */
  names(prefix: string): string[];
}

/** Opens the channel's part of localStorage, or a substitute in memory. */
export function openKeep(channelKey: string): Keep {
  const root = `beseda:${channelKey}:`;
  const memory = new Map<string, string>();
  let storage: Storage | undefined;
  try {
    storage = window.localStorage;
    storage.getItem(root);
  } catch {
    storage = undefined;
  }
  return {
    get(name) {
      return memory.get(name) ?? storage?.getItem(root + name) ?? undefined;
    },
    set(name, value) {
      try {
        if (storage === undefined) memory.set(name, value);
        else storage.setItem(root + name, value);
      } catch {
        memory.set(name, value); // full: this page still works, only the next visit knows less
      }
    },
    remove(name) {
      memory.delete(name);
      storage?.removeItem(root + name);
    },
    names(prefix) {
      const stored = Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? '');
      const own = stored.filter((name) => name.startsWith(root + prefix)).map((name) => name.slice(root.length));
      return [...new Set([...own, ...[...memory.keys()].filter((name) => name.startsWith(prefix))])];
    },
  };
}
