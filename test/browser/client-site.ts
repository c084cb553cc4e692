/** A client's own site on another origin, as its owner would write it: plain pages with the pixel's tag, a form, a banner, links to messengers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ClientSite {
  origin: string;
  /** The tag as Settings show it. Pages are served with a policy that names the tag's address alone besides the site. */
  tag: string;
  stop(): Promise<void>;
}

const words: Record<string, [title: string, body: string]> = {
  '/': ['Чайная', '<p>Чай с доставкой</p>'],
  '/tea': ['Улун «Те Гуань Инь»', '<p>1 200 ₽ за 100 г</p>'],
  '/contacts': [
    'Контакты',
    `<form id="call"><input type="tel" name="phone"><input type="email" name="mail"><input type="password" name="pin" value="secret"><input name="comment"><button>Перезвоните</button></form>
     <a id="telegram" href="https://t.me/shop_bot?start=VisitorUid_{{visitor_uid}}">Telegram</a>
     <a id="whatsapp" href="https://wa.me/79990001122?text=ID:%20{{session_id}}">WhatsApp</a>
     <a id="viber" href="https://viber.example/?chatURI=shop&context=VisitorUid_%7B%7Bvisitor_uid%7D%7D">Viber</a>
     <a id="plain" href="https://t.me/shop_bot?start=promo7">Telegram</a>`,
  ],
};
/** The site's own script: its banner, and a form that stays on the page. */
const OWN_SCRIPT = `
document.querySelector('#agree').addEventListener('click', () => window.beseda.consent(true));
document.querySelector('#forget').addEventListener('click', () => window.beseda.consent(false));
document.addEventListener('submit', (event) => event.preventDefault());`;

/** `host` resolves to loopback in every browser: `shop.localhost`. */
export async function openClientSite(host = 'shop.localhost'): Promise<ClientSite> {
  const site: ClientSite = { origin: '', tag: '', stop: () => new Promise((resolve) => server.close(() => resolve())) };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://site').pathname;
    if (path === '/site.js') return void response.setHeader('Content-Type', 'text/javascript').end(OWN_SCRIPT);
    const [title, body] = words[path] ?? ['Нет такой страницы', ''];
    const theirs = /src="([^"]+)\/pixel\.js"/.exec(site.tag)?.[1] ?? '';
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'self' ${theirs}; connect-src ${theirs}; style-src 'self'; img-src 'self'`,
    );
    response.end(
      `<!doctype html><title>${title}</title>${site.tag}<h1>${title}</h1>${body}<button id="agree">Согласен</button><button id="forget">Отказаться</button><script src="/site.js"></script>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  site.origin = `http://${host}:${(server.address() as AddressInfo).port}`;
  return site;
}
