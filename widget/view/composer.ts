import { el, icon } from './dom.ts';
import type { ViewContext } from './message-view.ts';
import { createUploads } from './uploads.ts';

export interface Composer {
  node: HTMLElement;
  input: HTMLTextAreaElement;
  addFiles(files: Iterable<File>): void;
}

const LOWEST_PX = 40;
const HIGHEST_PX = 140;

/** Where the visitor writes. Enter sends, Shift+Enter breaks the line; files come by the clip, by paste and by drop. */
export function createComposer(context: ViewContext, onSent: () => void): Composer {
  const { chat, words } = context;
  const hint = el('p', { class: 'hint', hidden: true, attrs: { role: 'alert' } });
  const uploads = createUploads(context, refresh, showHint);
  const input = el('textarea', {
    rows: 1,
    placeholder: words.placeholder,
    maxLength: chat.config.limits.textLength,
    dir: 'auto',
    attrs: { 'aria-label': words.message, enterkeyhint: 'send' },
  });
  const picker = el('input', { type: 'file', multiple: true, hidden: true, tabIndex: -1 });
  const clip = el(
    'button',
    { class: 'tool', type: 'button', attrs: { 'aria-label': words.attach }, on: { click: () => picker.click() } },
    icon('clip'),
  );
  const go = el('button', { class: 'go', type: 'submit', attrs: { 'aria-label': words.send } }, icon('send'));
  const node = el('form', { class: 'composer' }, hint, uploads.node, el('div', { class: 'row' }, clip, picker, input, go));

  function showHint(text: string): void {
    hint.textContent = text;
    hint.hidden = text === '';
  }

  function refresh(): void {
    const empty = input.value.trim() === '' && uploads.count() === 0;
    go.disabled = empty || uploads.isBusy();
    input.style.height = `${LOWEST_PX}px`;
    input.style.height = `${Math.min(HIGHEST_PX, Math.max(LOWEST_PX, input.scrollHeight))}px`; // 0 while the panel is hidden
  }

  function submit(event?: Event): void {
    event?.preventDefault();
    refresh();
    if (go.disabled) return;
    chat.send({ text: input.value.trim(), files: uploads.take() });
    input.value = '';
    showHint('');
    refresh();
    input.focus();
    onSent();
  }

  node.addEventListener('submit', submit);
  input.addEventListener('input', () => {
    showHint('');
    refresh();
  });
  input.addEventListener('keydown', (event) => {
    // isComposing: Enter that picks a word in an input method does not send.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  });
  input.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    uploads.add(files);
  });
  picker.addEventListener('change', () => {
    uploads.add([...(picker.files ?? [])]);
    picker.value = '';
    input.focus();
  });
  refresh();
  return { node, input, addFiles: (files) => uploads.add(files) };
}
