/** What a person sees who opens a link that leads nowhere. */

const words = {
  ru: {
    unknown: ['Такой ссылки нет', 'Проверьте, скопирована ли она целиком, или попросите отправить её ещё раз.'],
    expired: ['Срок ссылки истёк', 'Попросите того, кто её прислал, отправить новую.'],
    away: ['Ссылка сейчас не открывается', 'Попробуйте ещё раз через минуту.'],
  },
  en: {
    unknown: ['There is no such link', 'Check whether it was copied whole, or ask for it once more.'],
    expired: ['This link has expired', 'Ask whoever sent it for a new one.'],
    away: ['This link cannot be opened right now', 'Try again in a minute.'],
  },
} as const;

/** A page of its own in the browser's language: no scripts, nothing from elsewhere, light and dark. */
export function linkPage(what: keyof (typeof words)['en'], acceptLanguage: string | undefined): string {
  const language = /^\s*(ru|be|uk|kk|ky|uz|tg)\b/i.test(acceptLanguage ?? '') ? 'ru' : 'en';
  const [title, hint] = words[language][what];
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title><style>:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}main{padding:24px;max-width:26em;text-align:center}h1{font-size:22px;margin:0 0 8px}p{margin:0;opacity:.75}</style></head><body><main><h1>${title}</h1><p>${hint}</p></main></body></html>`;
}

export const LINK_PAGE_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
