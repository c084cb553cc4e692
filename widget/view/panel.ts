import { createComposer } from './composer.ts';
import { el, icon } from './dom.ts';
import type { ViewContext } from './message-view.ts';
import { createThreadView } from './thread-view.ts';

export interface Panel {
  node: HTMLElement;
  open(): void;
  close(): void;
  isOpen(): boolean;
  update(): void;
}

const FOCUSABLE = 'button:not(:disabled), a[href], textarea, audio, video, [tabindex="0"]';

/** The window of the chat: head with who answers, thread, composer. While it is open Tab stays inside and Esc closes it. */
export function createPanel(context: ViewContext, root: ShadowRoot, onClose: () => void): Panel {
  const { chat, words } = context;
  const title = chat.config.title || words.title;
  const answering = el('p', {});
  const mark = el('div', { class: 'mark', attrs: { 'aria-hidden': 'true' } });
  const closer = el(
    'button',
    { class: 'tool', type: 'button', attrs: { 'aria-label': words.close }, on: { click: onClose } },
    icon('close'),
  );
  const notice = el('div', { class: 'notice', hidden: true, attrs: { role: 'status' } });
  const thread = createThreadView(context, look);
  const composer = createComposer(context, thread.toEnd);
  const over = el('div', { class: 'over', hidden: true }, words.drop);
  const head = el('header', { class: 'head' }, mark, el('div', { class: 'names' }, el('h2', { id: 'title' }, title), answering), closer);
  const node = el(
    'section',
    { class: 'panel', id: 'panel', hidden: true, attrs: { role: 'dialog', 'aria-labelledby': 'title', 'aria-modal': 'true' } },
    head,
    notice,
    thread.node,
    composer.node,
    over,
  );

  /** What is in sight of somebody is read. */
  function look(): void {
    if (!node.hidden && !document.hidden && thread.isAtEnd()) chat.markRead();
  }

  function update(): void {
    const author = chat.thread.answering();
    answering.textContent = author === undefined ? '' : author.kind === 'bot' ? words.botAnswers(author.name) : words.answers(author.name);
    answering.hidden = author === undefined;
    mark.textContent = [...(author?.kind === 'person' ? author.name : title)][0]?.toUpperCase() ?? '';
    notice.hidden = !chat.isOffline();
    notice.textContent = chat.isOffline() ? words.offline : '';
    if (node.hidden) return; // drawn when it is opened
    thread.update();
    look();
  }

  node.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    } else if (event.key === 'Tab') {
      keepInside(event);
    }
  });

  function keepInside(event: KeyboardEvent): void {
    const stops = [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter((stop) => stop.offsetParent !== null);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (root.activeElement !== edge && root.activeElement !== null && node.contains(root.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  }

  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  node.addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over.hidden = false;
  });
  node.addEventListener('dragleave', (event) => {
    if (!node.contains(event.relatedTarget as Node | null)) over.hidden = true;
  });
  node.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    over.hidden = true;
    composer.addFiles([...(event.dataTransfer?.files ?? [])]);
  });
  document.addEventListener('visibilitychange', look);
  fitAboveKeyboard(node);

  return {
    node,
    open() {
      node.hidden = false;
      update();
      thread.toEnd();
      look();
      // On a touch screen the keyboard would cover the thread before the visitor has seen it.
      if (matchMedia('(pointer: coarse)').matches) closer.focus({ preventScroll: true });
      else composer.input.focus({ preventScroll: true });
    },
    close() {
      node.hidden = true;
    },
    isOpen: () => !node.hidden,
    update,
  };
}

/** On phones the keyboard covers the lower part of the page without resizing it: the panel follows what is really visible. */
function fitAboveKeyboard(node: HTMLElement): void {
  const { visualViewport } = window;
  if (visualViewport === null) return;
  const follow = () => {
    const isPhone = matchMedia('(max-width: 480px)').matches && visualViewport.scale <= 1.01;
    node.style.height = isPhone ? `${visualViewport.height}px` : '';
    node.style.top = isPhone ? `${visualViewport.offsetTop}px` : '';
    node.style.bottom = isPhone ? 'auto' : '';
  };
  visualViewport.addEventListener('resize', follow);
  visualViewport.addEventListener('scroll', follow);
  follow();
}
