import { expect, test } from 'vitest';
import { agentOf, isPrefetch } from './agents.ts';

test.each([
  ['TelegramBot (like TwitterBot)', 'telegram'],
  ['WhatsApp/2.23.20.0', 'whatsapp'],
  ['facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', 'facebook'],
  ['Mozilla/5.0 (compatible; vkShare; +http://vk.com/dev/Share)', 'vk'],
  ['Viber/13.3.0.5 CFNetwork/1197 Darwin/20.0.0', 'viber'],
  ['Mozilla/5.0 (compatible; OdklBot/1.0 like Linux; klass@odnoklassniki.ru)', 'max'],
  ['Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', 'slack'],
  ['Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)', 'program'],
  ['Mozilla/5.0 (Linux; Android 6.0.1) AppleWebKit/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'program'],
  ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120 Safari/537.36', 'program'],
  ['curl/8.5.0', 'program'],
  ['', 'program'],
  [undefined, 'program'],
])('%s is a program', (words, agent) => expect(agentOf(words)).toEqual({ agent, isProgram: true }));

test.each([
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
    'mobile',
  ],
  ['Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Mobile Safari/537.36', 'mobile'],
  ['Mozilla/5.0 (Linux; Android 13; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36', 'tablet'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 YaBrowser/23.11 Safari/537.36', 'desktop'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15', 'desktop'],
])('%s is a person', (words, agent) => expect(agentOf(words)).toEqual({ agent, isProgram: false }));

test('a page that a browser only prepares is not opened', () => {
  const headers = (given: Record<string, string>) => (name: string) => given[name];
  expect(isPrefetch(headers({ 'sec-purpose': 'prefetch;prerender' }))).toBe(true);
  expect(isPrefetch(headers({ 'x-moz': 'prefetch' }))).toBe(true);
  expect(isPrefetch(headers({}))).toBe(false);
});
