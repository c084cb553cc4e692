/** Who asks for a short link: a person's browser or a program, told by what it says of itself. Only the class is kept, never the words. */

/** Programs by which messengers fetch a preview, by the beginning or the word by which each is known. */
const PREVIEWERS: [string, RegExp][] = [
  ['telegram', /telegrambot/i],
  ['whatsapp', /^whatsapp\//i],
  ['facebook', /facebookexternalhit|facebookcatalog|facebot|meta-external/i],
  ['vk', /vkshare|vk\.com\/dev\/share/i],
  ['viber', /^viber\b|viber\/[\d.]+$/i],
  ['max', /\bmaxbot|\bokbot|odklbot/i],
  ['slack', /slackbot|slack-imgproxy/i],
  ['skype', /skypeuripreview/i],
  ['discord', /discordbot/i],
  ['twitter', /twitterbot/i],
  ['linkedin', /linkedinbot/i],
  ['apple', /applebot/i],
];
/** Crawlers, link checkers, libraries. A browser of a person never says any of it. */
const PROGRAM =
  /bot\b|bot[/;)]|crawl|spider|slurp|preview|scan(ner)?\b|fetch(er)?\b|monitor|headless|lighthouse|python|curl|wget|java\/|okhttp|go-http|node-fetch|undici|axios|libwww|httpclient|postman|google-safety|yandex\.com\/bots|mail\.ru_bot/i;

export interface AgentClass {
  /** `mobile`, `tablet`, `desktop` for browsers; the messenger or `program` for the rest. */
  agent: string;
  isProgram: boolean;
}

/** Reads a User-Agent header. One that is missing or does not begin like a browser's is a program's. */
export function agentOf(userAgent: string | undefined): AgentClass {
  const words = (userAgent ?? '').slice(0, 500);
  const previewer = PREVIEWERS.find(([, pattern]) => pattern.test(words));
  if (previewer !== undefined) return { agent: previewer[0], isProgram: true };
  if (!/^(mozilla|opera)\//i.test(words) || PROGRAM.test(words)) return { agent: 'program', isProgram: true };
  const agent = /ipad|tablet|android(?!.*mobile)/i.test(words) ? 'tablet' : /mobi|iphone|android/i.test(words) ? 'mobile' : 'desktop';
  return { agent, isProgram: false };
}

/** Does the browser only prepare a page that nobody has opened yet? `header` reads one by its name in small letters. */
export function isPrefetch(header: (name: string) => string | undefined): boolean {
  return ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'].some((name) => /prefetch|preview|prerender/i.test(header(name) ?? ''));
}
