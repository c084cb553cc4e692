import type { Chat } from '../controller.ts';
import type { Language, Words } from '../words.ts';
import { el, icon } from './dom.ts';
import { createPanel } from './panel.ts';
import { styles } from './styles.ts';

export interface Look {
  language: Language;
  words: Words;
  /** `auto` follows the visitor's system. */
  theme: 'light' | 'dark' | 'auto';
}

/** Puts the round button and the panel on the page, isolated in a shadow root. Fixed in a corner: nothing of the page moves. */
export function mountChat(chat: Chat, { language, words, theme }: Look): void {
  const host = document.createElement('beseda-chat');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [sheet];
  host.lang = language;

  const badge = el('span', { class: 'badge', hidden: true });
  const launcher = el(
    'button',
    { class: 'launcher', type: 'button', attrs: { 'aria-expanded': 'false', 'aria-controls': 'panel' }, on: { click: toggle } },
    icon('chat', 26),
    badge,
  );
  const live = el('div', { class: 'sr', attrs: { 'aria-live': 'polite', role: 'status' } });
  const panel = createPanel({ chat, words, language }, root, close);
  const frame = el('div', { class: 'root' }, launcher, panel.node, live);
  root.append(frame);
  applyColours(frame, chat.config.accent, theme);
  document.body.append(host);

  function toggle(): void {
    if (panel.isOpen()) close();
    else open();
  }

  function open(): void {
    chat.begin();
    panel.open();
    show();
  }

  function close(): void {
    if (!panel.isOpen()) return;
    panel.close();
    show();
    launcher.focus({ preventScroll: true });
  }

  function show(): void {
    const isOpen = panel.isOpen();
    const unread = isOpen ? 0 : chat.thread.unread();
    frame.classList.toggle('open', isOpen);
    launcher.firstElementChild?.replaceWith(icon(isOpen ? 'down' : 'chat', 26));
    launcher.setAttribute('aria-expanded', String(isOpen));
    launcher.setAttribute('aria-label', [isOpen ? words.close : words.open, ...(unread > 0 ? [words.unread(unread)] : [])].join(', '));
    badge.hidden = unread === 0;
    badge.textContent = unread > 9 ? '9+' : String(unread);
  }

  chat.onChange(() => {
    panel.update();
    show();
  });
  chat.onFresh((message) => {
    if (message.author.kind === 'visitor') return;
    const what = message.text || (message.attachments[0]?.kind === 'picture' ? words.picture : words.file);
    live.replaceChildren(el('p', {}, `${message.author.name}: ${what}`));
  });
  show();
}

function applyColours(frame: HTMLElement, accent: string, theme: Look['theme']): void {
  frame.style.setProperty('--accent', accent);
  frame.style.setProperty('--on-accent', isLight(accent) ? '#16181d' : '#ffffff');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => frame.classList.toggle('dark', theme === 'dark' || (theme === 'auto' && system.matches));
  system.addEventListener('change', apply);
  apply();
}

/** WCAG relative luminance: dark signs where they contrast better than white ones. */
function isLight(colour: string): boolean {
  const channel = (at: number) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05);
}
