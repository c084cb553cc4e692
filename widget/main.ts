/**
 * The chat on a site: `<script src="https://host/widget.js" data-channel="KEY" async></script>`.
 * Optional: `data-lang="ru|en"` (else the page's), `data-theme="light|dark"` (else the system's).
 */
import { openChat } from './controller.ts';
import { mountChat } from './view/mount.ts';
import { chooseLanguage, wordsOf } from './words.ts';

// Read at once: the browser forgets the running script as soon as this turn is over.
const script = (document.currentScript ?? document.querySelector('script[data-channel][src*="widget.js"]')) as HTMLScriptElement | null;

async function start({ src, dataset }: HTMLScriptElement): Promise<void> {
  if (document.querySelector('beseda-chat') !== null) return; // the tag stands twice on the page
  const language = chooseLanguage(dataset.lang);
  const theme = dataset.theme === 'dark' || dataset.theme === 'light' ? dataset.theme : 'auto';
  const chat = await openChat(src.slice(0, src.lastIndexOf('/')), dataset.channel ?? '');
  if (chat === undefined) return; // the console says why
  if (document.querySelector('beseda-chat') === null) mountChat(chat, { language, words: wordsOf(language), theme });
}

if (script === null) console.warn('Beseda: the script tag needs data-channel');
else if (document.body === null) document.addEventListener('DOMContentLoaded', () => void start(script));
else void start(script);
