/**
 * Tells the account which pages its clients open: `<script src="https://host/pixel.js" data-key="KEY" async></script>`.
 * Nothing is kept or sent before the visitor agreed: `data-consent="given"` on the tag, or `beseda.consent(true)` from the site's own banner, which
 * holds for the site's later pages too; `beseda.consent(false)` forgets the visitor. The id is the site's own (localStorage), no cookie of ours is set.
 */
interface Beseda {
  consent(given: boolean): void;
  /** The visitor's id; undefined before consent. */
  visitor(): string | undefined;
}

const ID = 'beseda.visitor';
const CAME_AS = 'beseda.came';
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const IS_ID = /^[0-9A-Za-z]{22}$/;
/** What a link to a messenger says before the visitor's id, and the place of the id. */
const PLACE = /(VisitorUid_|ID:(?:%20|\+|\s)*)(?:\{\{|%7B%7B)(?:%20|\s)*(?:visitor_uid|session_id)(?:%20|\s)*(?:\}\}|%7D%7D)/gi;

// Read at once: the browser forgets the running script as soon as this turn is over.
const script = (document.currentScript ?? document.querySelector('script[data-key][src*="pixel.js"]')) as HTMLScriptElement | null;

function start({ src, dataset }: HTMLScriptElement): void {
  const address = `${src.slice(0, src.lastIndexOf('/'))}/pixel/${dataset.key ?? ''}`;
  // A short link says under which id it knows the browser; the address bar need not show it.
  const here = new URL(location.href);
  const came = here.searchParams.get('bv') ?? '';
  if (IS_ID.test(came)) {
    here.searchParams.delete('bv');
    history.replaceState(history.state, '', here);
  }
  let visitor: string | undefined;
  let shown = '';

  const send = (what: object) => {
    if (visitor === undefined) return;
    const l = read(CAME_AS);
    // As text: a request that the browser need not ask about first.
    const body = JSON.stringify({ v: visitor, ...(l === undefined || l === visitor ? {} : { l }), ...what });
    void fetch(address, { method: 'POST', body, keepalive: true, credentials: 'omit' }).catch(() => undefined);
  };
  const visit = () => {
    const page = location.origin + location.pathname;
    if (visitor === undefined || page === shown) return;
    shown = page;
    send({ page, title: document.title.slice(0, 200) });
  };

  const beseda: Beseda = {
    consent(given) {
      if (!given) {
        visitor = undefined;
        shown = '';
        write(ID);
        write(CAME_AS);
        return;
      }
      const known = read(ID);
      visitor = known !== undefined && IS_ID.test(known) ? known : IS_ID.test(came) ? came : randomId();
      write(ID, visitor);
      if (IS_ID.test(came)) write(CAME_AS, came);
      visit();
    },
    visitor: () => visitor,
  };
  Object.assign(window, { beseda });

  // Pages that change without loading.
  const push = history.pushState;
  history.pushState = function (...given) {
    push.apply(this, given);
    setTimeout(visit);
  };
  addEventListener('popstate', () => setTimeout(visit));
  // Only fields that say they are a phone or an e-mail, and only when the form is sent.
  addEventListener(
    'submit',
    ({ target }) => {
      const value = (type: string) => (target as Element).querySelector<HTMLInputElement>(`input[type=${type}]`)?.value.trim() || undefined;
      const [phone, email] = [value('tel'), value('email')];
      if (phone !== undefined || email !== undefined) send({ phone: phone?.slice(0, 40), email: email?.slice(0, 254) });
    },
    true,
  );
  // `https://t.me/shop_bot?start=VisitorUid_{{visitor_uid}}`: whoever opens the messenger from here is recognised there. Each link keeps what was
  // written, since consent may come, or go, after a first click.
  const written = new WeakMap<Element, string>();
  const fill = ({ target }: Event) => {
    const link = (target as Element).closest?.('a[href]');
    const href = (link && written.get(link)) ?? link?.getAttribute('href');
    if (!link || href == null || href.search(PLACE) < 0) return;
    written.set(link, href);
    link.setAttribute(
      'href',
      href.replace(PLACE, (_, word: string) => (visitor === undefined ? '' : word + visitor)),
    );
  };
  addEventListener('click', fill, true);
  // Another button opens it in a tab of its own.
  addEventListener('auxclick', fill, true);
  // Who agreed on an earlier page is not asked again: the id stands until "no".
  if (dataset.consent === 'given' || read(ID) !== undefined) beseda.consent(true);
}

/** A site may forbid its storage: the visitor then lasts as long as the page. */
function read(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, value?: string): void {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Kept in memory only.
  }
}

function randomId(): string {
  let id = '';
  while (id.length < 22)
    for (const byte of crypto.getRandomValues(new Uint8Array(22))) if (byte < 248 && id.length < 22) id += LETTERS[byte % 62];
  return id;
}

if (script === null) console.warn('Beseda: the script tag needs data-key');
else if (!('beseda' in window)) start(script);
