import { el, icon } from './dom.ts';
import { type Item, itemsOf } from './items.ts';
import { messageNodes, type ViewContext } from './message-view.ts';
import { dayWords } from './times.ts';

const NEAR_END_PX = 48;

export interface ThreadView {
  node: HTMLElement;
  update(): void;
  /** True while the newest message is in sight. */
  isAtEnd(): boolean;
  toEnd(): void;
}

/** The list of messages. Rows are kept by key and rebuilt only when what they show has changed: pictures do not flicker, focus stays. */
export function createThreadView(context: ViewContext, onSight: () => void): ThreadView {
  const { chat, words, language } = context;
  const rows = new Map<string, { node: HTMLElement; shown: string }>();
  const greeting = el('div', { class: 'item first last' });
  const earlier = el('button', { class: 'earlier', type: 'button', hidden: true, on: { click: () => void loadEarlier() } }, words.earlier);
  const list = el('ol', { class: 'list' });
  const typing = el('div', { class: 'typing', hidden: true });
  const scroll = el(
    'div',
    { class: 'scroll', tabIndex: 0, attrs: { role: 'region', 'aria-label': words.thread } },
    earlier,
    greeting,
    list,
    typing,
  );
  const newer = el(
    'button',
    { class: 'newer', type: 'button', hidden: true, attrs: { 'aria-label': words.thread }, on: { click: toEnd } },
    icon('down'),
  );
  const node = el('div', { class: 'thread' }, scroll, newer);
  let stick = true;

  scroll.addEventListener(
    'scroll',
    () => {
      stick = isAtEnd();
      newer.hidden = stick;
      if (stick) onSight();
      if (scroll.scrollTop < 40 && !chat.thread.isComplete() && chat.thread.messages().length > 0) void loadEarlier();
    },
    { passive: true },
  );
  // The panel got another size (keyboard, tray of files): who was at the end stays there.
  new ResizeObserver(() => {
    if (stick) toEnd();
  }).observe(scroll);

  function isAtEnd(): boolean {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
  }

  function toEnd(): void {
    scroll.scrollTop = scroll.scrollHeight;
  }

  async function loadEarlier(): Promise<void> {
    const height = scroll.scrollHeight;
    const top = scroll.scrollTop;
    await chat.loadEarlier();
    scroll.scrollTop = top + (scroll.scrollHeight - height); // what was read stays under the eyes
  }

  function update(): void {
    const items = itemsOf(chat);
    const complete = chat.thread.isComplete();
    earlier.hidden = complete || chat.thread.messages().length === 0;
    greeting.hidden = chat.config.greeting === '' || !(complete || chat.thread.messages().length === 0);
    if (greeting.childElementCount === 0) greeting.append(el('div', { class: 'bubble', dir: 'auto' }, chat.config.greeting));
    const wanted = new Set(items.map((item) => item.key));
    for (const [key, row] of rows) {
      if (wanted.has(key)) continue;
      row.node.remove();
      rows.delete(key);
    }
    items.forEach((item, index) => {
      const row = rowOf(item);
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
    const author = chat.typing();
    typing.hidden = author === undefined;
    if (author !== undefined && author.kind !== 'visitor') {
      typing.replaceChildren(
        el('span', { class: 'dots', attrs: { 'aria-hidden': 'true' } }, el('i'), el('i'), el('i')),
        words.typing(author.name),
      );
    }
    if (stick) toEnd();
    newer.hidden = isAtEnd();
  }

  function rowOf(item: Item): HTMLElement {
    const shown = item.type === 'day' ? dayWords(item.at, Date.now(), language, words) : JSON.stringify(item);
    const known = rows.get(item.key);
    if (known?.shown === shown) return known.node;
    const row = known?.node ?? el('li');
    if (item.type === 'day') {
      row.className = 'day';
      row.textContent = shown;
    } else {
      row.className = `item${item.author.kind === 'visitor' ? ' own' : ''}${item.first ? ' first' : ''}${item.last ? ' last' : ''}`;
      row.dataset.key = item.key;
      fill(row, messageNodes(item, context));
    }
    rows.set(item.key, { node: row, shown });
    return row;
  }

  return { node, update, isAtEnd, toEnd };
}

/** Replaces a row's content but keeps pictures, sounds and chips that are the same as before, so that nothing loads twice or loses focus. */
function fill(row: HTMLElement, fresh: Node[]): void {
  const before = [...row.children];
  row.replaceChildren(
    ...fresh.map((node) => {
      if (!(node instanceof HTMLElement) || !/^(media|media many|chips)$/.test(node.className)) return node;
      return before.find((old) => sameContent(old, node)) ?? node;
    }),
  );
}

function sameContent(old: Element, fresh: HTMLElement): boolean {
  const plain = (html: string) => html.replaceAll(' chosen', '');
  return old.className === fresh.className && plain(old.innerHTML) === plain(fresh.innerHTML);
}
