import type { WireAuthor, WireHistory, WireMessage, WireState } from '../api/webchat/wire.ts';

/** The messages of this visitor as far as the page knows them, in the order of their cursors. */
export interface Thread {
  messages(): readonly WireMessage[];
  /** Adds what is not known yet; true when something was new. */
  add(messages: WireMessage[]): boolean;
  /** Takes a page of history. Pages are taken from the newest back. */
  addHistory(page: WireHistory): void;
  setState(state: WireState): void;
  state(): WireState;
  /** Everything before the oldest known message is on the page. */
  isComplete(): boolean;
  lastCursor(): number | undefined;
  setCursor(cursor: number): void;
  /** The newest of ours: what a confirmation speaks of. */
  latestOfOurs(): number;
  unread(): number;
  /** Who answered last. */
  answering(): Exclude<WireAuthor, { kind: 'visitor' }> | undefined;
  clear(): void;
}

/** An empty thread. */
const lacksFiles = ({ attachments }: WireMessage) => attachments.some(({ handle }) => handle === undefined);

export function createThread(): Thread {
  let messages: WireMessage[] = [];
  let state: WireState = { seenUpTo: 0, readUpTo: 0 };
  let cursor: number | undefined;
  let complete = false;

  function add(fresh: WireMessage[]): boolean {
    const later = new Map(fresh.map((message) => [message.cursor, message]));
    const known = new Set(messages.map((message) => message.cursor));
    const news = fresh.filter((message) => !known.has(message.cursor));
    // A message comes again when a file of it that was being copied is there.
    messages = messages.map((message) => (lacksFiles(message) ? (later.get(message.cursor) ?? message) : message));
    if (news.length === 0) return false;
    messages = [...messages, ...news].sort((a, b) => a.cursor - b.cursor);
    return true;
  }

  return {
    messages: () => messages,
    add(fresh) {
      const isNew = add(fresh);
      for (const message of fresh) cursor = Math.max(cursor ?? 0, message.cursor);
      return isNew;
    },
    addHistory(page) {
      add(page.messages);
      complete = !page.more;
      this.setState(page.state);
    },
    setState(next) {
      state = { seenUpTo: Math.max(state.seenUpTo, next.seenUpTo), readUpTo: Math.max(state.readUpTo, next.readUpTo) };
    },
    state: () => state,
    isComplete: () => complete,
    lastCursor: () => cursor,
    setCursor(next) {
      cursor = Math.max(cursor ?? 0, next);
    },
    latestOfOurs: () => messages.findLast((message) => message.author.kind !== 'visitor')?.cursor ?? 0,
    unread: () => messages.filter((message) => message.author.kind !== 'visitor' && message.cursor > state.readUpTo).length,
    answering() {
      const author = messages.findLast((message) => message.author.kind !== 'visitor')?.author;
      return author?.kind === 'visitor' ? undefined : author;
    },
    clear() {
      messages = [];
      state = { seenUpTo: 0, readUpTo: 0 };
      cursor = undefined;
      complete = false;
    },
  };
}
