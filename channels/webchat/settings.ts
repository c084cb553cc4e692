import { ChannelInputError } from '../channel.ts';

/** How one web chat looks and where it may stand. Stored with the channel as its settings. */
export interface WebchatSettings {
  /** Sites that may embed the widget: exact origins, or `https://*.example.com` for every subdomain. Our own pages are always allowed. */
  origins: string[];
  /** Colour of the button and of the visitor's bubbles: `#rrggbb`. */
  accent: string;
  /** Head of the panel: the shop's name. */
  title: string;
  /** Shown above an empty thread; never stored as a message. */
  greeting: string;
}

const defaults: WebchatSettings = { origins: [], accent: '#3563e9', title: '', greeting: '' };
const TITLE_LIMIT = 60;
const GREETING_LIMIT = 300;
const ORIGINS_LIMIT = 100;

/**
 * Reads a channel's settings as a user or a row gives them; what is absent takes its default.
 * Throws ChannelInputError naming the field and the remedy.
 */
export function parseWebchatSettings(input: unknown): WebchatSettings {
  if (input === undefined || input === null) return { ...defaults };
  if (typeof input !== 'object' || Array.isArray(input)) throw new ChannelInputError('settings', 'Settings are an object');
  const given = input as Record<string, unknown>;
  return {
    origins: parseOrigins(given.origins),
    accent: parseAccent(given.accent),
    title: parseLine(given.title, 'title', TITLE_LIMIT),
    greeting: parseLine(given.greeting, 'greeting', GREETING_LIMIT),
  };
}

/**
 * Settings of a stored channel, for showing: a field that is not as it should be (an older version wrote it) takes its default, origins
 * that cannot be read allow nobody. Without a title the channel's name stands in the head.
 */
export function webchatSettingsOf(stored: object, channelName: string): WebchatSettings {
  const given = stored as Record<string, unknown>;
  const read = <T>(parse: () => T, otherwise: T): T => {
    try {
      return parse();
    } catch (error) {
      if (error instanceof ChannelInputError) return otherwise;
      throw error;
    }
  };
  return {
    origins: Array.isArray(given.origins) ? given.origins.flatMap((origin) => read(() => [parseOrigin(origin)], [])) : [],
    accent: read(() => parseAccent(given.accent), defaults.accent),
    title: read(() => parseLine(given.title, 'title', TITLE_LIMIT), '') || channelName,
    greeting: read(() => parseLine(given.greeting, 'greeting', GREETING_LIMIT), ''),
  };
}

function parseOrigins(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > ORIGINS_LIMIT) {
    throw new ChannelInputError(
      'settings.origins',
      `Allowed sites are a list of at most ${ORIGINS_LIMIT} addresses such as https://shop.example`,
    );
  }
  return [...new Set(value.map(parseOrigin))];
}

function parseOrigin(value: unknown): string {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : '';
  const wildcard = /^(https?:\/\/)\*\.(.+)$/.exec(text);
  const address = wildcard === null ? text : `${wildcard[1]}${wildcard[2]}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isOrigin =
    url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && url.pathname === '/' && url.search === '';
  if (!isOrigin || url.username !== '' || url.hash !== '') {
    throw new ChannelInputError('settings.origins', `"${text}" is no site address: write it as https://shop.example, without a path`);
  }
  return wildcard === null ? url.origin : `${url.protocol}//*.${url.host}`;
}

function parseAccent(value: unknown): string {
  if (value === undefined || value === '') return defaults.accent;
  if (typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value)) return value.toLowerCase();
  throw new ChannelInputError('settings.accent', 'The colour is written as #rrggbb, for example #3563e9');
}

function parseLine(value: unknown, field: 'title' | 'greeting', limit: number): string {
  if (value === undefined) return '';
  if (typeof value === 'string' && value.length <= limit) return value.trim();
  throw new ChannelInputError(`settings.${field}`, `This text may have up to ${limit} characters`);
}
