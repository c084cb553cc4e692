import type { Readable } from 'node:stream';
import type { UserFromGetMe } from 'grammy/types';
import { abilitiesOf } from '../../domain/message/abilities.ts';
import { businessFactsOf } from '../../domain/message/business.ts';
import { type Channel, ChannelError, type ChannelFact, ChannelInputError, type ConnectedChannel } from '../channel.ts';
import { sameText } from '../same-text.ts';
import { botIdOf, CALL_TIMEOUT_MS, call } from './api.ts';
import { businessOf, findColleague } from './business.ts';
import { fetchFile } from './files.ts';
import { parseUpdate } from './parse.ts';
import { sendPart } from './send.ts';

/** Everything this adapter understands. Always sent whole: Telegram keeps the list of the last call where it is left out. */
const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'callback_query',
  'my_chat_member',
  'message_reaction',
  'business_connection',
  'business_message',
  'edited_business_message',
  'deleted_business_messages',
] as const;

/** How long Telegram holds a poll open while nothing happens, and how much later we give up on it. */
const POLL_SECONDS = 25;
const POLL_TIMEOUT_MS = (POLL_SECONDS + 10) * 1000;

const abilities = abilitiesOf('telegram');

const ACCEPTED = { status: 200, body: '', contentType: 'text/plain' };
/** Telegram delivers again, for up to a day. */
const AGAIN = { ...ACCEPTED, status: 503 };

/** Telegram through the Bot API. One bot is one channel. */
export function telegramChannel(): Channel {
  return telegram;
}

const telegram: Channel = {
  type: 'telegram',
  abilities,
  deliversByRow: false,
  defaultReceive: 'polling',

  parseCredentials(input) {
    const token = typeof input === 'object' && input !== null && 'token' in input ? input.token : undefined;
    if (typeof token !== 'string' || token.trim() === '') throw new ChannelInputError('token', 'Give the bot token that @BotFather shows');
    const trimmed = token.trim();
    if (!/^\d+:[\w-]+$/.test(trimmed)) {
      throw new ChannelInputError('token', 'A bot token looks like 123456:ABC-DEF…: copy it whole from @BotFather');
    }
    return { token: trimmed };
  },

  async connect(channel) {
    if (channel.receive === 'webhook' && channel.webhookUrl === undefined) {
      throw new ChannelInputError('receive', 'Receiving by webhook needs a public address: set PUBLIC_URL or choose polling');
    }
    const me = await whoAmI(channel).catch(explainToken);
    await register(channel);
    // Connections are another bot's where the token is.
    const known = channel.facts.botId === String(me.id) ? businessFactsOf(channel.facts) : {};
    return { externalId: String(me.id), name: me.first_name, facts: { ...known, botId: String(me.id), username: me.username } };
  },

  async test(channel) {
    const me = await whoAmI(channel);
    const hook = await call(channel, { timeoutMs: CALL_TIMEOUT_MS, reading: true }, (api, signal) => api.raw.getWebhookInfo(signal));
    if (channel.receive === 'webhook' && hook.url !== channel.webhookUrl) {
      throw new ChannelError('refused', {
        scope: 'account',
        code: 'webhook_elsewhere',
        words: 'The webhook of this bot points elsewhere: connect the channel again',
      });
    }
    if (channel.receive === 'polling' && hook.url !== undefined && hook.url !== '') {
      throw new ChannelError('refused', {
        scope: 'account',
        code: 'webhook_set',
        words: 'Another program has set a webhook for this bot: connect the channel again',
      });
    }
    const trouble = hook.last_error_message === undefined ? '' : `; ${hook.last_error_message}`;
    return { words: `@${me.username}; pending updates: ${hook.pending_update_count}${channel.receive === 'webhook' ? trouble : ''}` };
  },

  async disconnect(channel) {
    try {
      await deleteWebhook(channel);
    } catch (error) {
      // A revoked token has no webhook any more.
      if (!(error instanceof ChannelError && error.kind === 'refused' && error.scope === 'account')) throw error;
    }
  },

  async receive(channel, request) {
    if (!sameText(request.headers['x-telegram-bot-api-secret-token'], channel.webhookSecret)) {
      throw new ChannelError('refused', { scope: 'account', code: 'bad_secret', words: 'The webhook secret is wrong' });
    }
    const body = new TextDecoder().decode(request.body);
    const update = parseJson(body);
    const asked = await businessOf(channel, [update]).catch((error: unknown) => {
      if (error instanceof ChannelError) return undefined;
      throw error;
    });
    if (asked === undefined) return { facts: [], answer: AGAIN };
    const { business, ...learned } = asked;
    const facts = parseUpdate(update, Date.now(), business);
    // An empty answer: Telegram would run a JSON answer with a `method` as a call.
    return { facts: facts ?? [], answer: ACCEPTED, ...learned, ...(facts === undefined ? { unparsed: body } : {}) };
  },

  async poll(channel, cursor, signal) {
    const botId = botIdOf(channel);
    const offset = offsetOf(cursor, botId);
    const updates = await call(channel, { timeoutMs: POLL_TIMEOUT_MS, signal, reading: true }, (api, apiSignal) =>
      api.raw.getUpdates(
        { timeout: POLL_SECONDS, limit: 100, allowed_updates: [...ALLOWED_UPDATES], ...(offset === undefined ? {} : { offset }) },
        apiSignal,
      ),
    );
    const { business, ...learned } = await businessOf(channel, updates, signal);
    const facts: ChannelFact[] = [];
    const unparsed: string[] = [];
    const nowAt = Date.now();
    for (const update of updates) {
      const parsed = parseUpdate(update, nowAt, business);
      if (parsed === undefined) unparsed.push(JSON.stringify(update));
      else facts.push(...parsed);
    }
    const last = updates.at(-1);
    return { facts, unparsed, ...learned, cursor: last === undefined ? cursor : `${botId}/${last.update_id + 1}` };
  },

  findColleague,

  send: (channel, outgoing) => sendPart(channel, outgoing, abilities.buttons.perRow),

  async answerPress(channel, pressToken) {
    try {
      await call(channel, { timeoutMs: 5_000 }, (api, signal) => api.raw.answerCallbackQuery({ callback_query_id: pressToken }, signal));
    } catch (error) {
      // Too late, or Telegram is away: the spinner ends by itself.
      if (!(error instanceof ChannelError)) throw error;
    }
  },

  fetchMedia: (channel, ref, signal): Promise<{ body: Readable; sizeBytes?: number; mime?: string; name?: string }> =>
    fetchFile(channel, ref, signal),
};

function whoAmI(channel: ConnectedChannel): Promise<UserFromGetMe> {
  return call(channel, { timeoutMs: CALL_TIMEOUT_MS, reading: true }, (api, signal) => api.raw.getMe(signal));
}

function explainToken(error: unknown): never {
  if (error instanceof ChannelError && error.kind === 'refused' && error.scope === 'account') {
    throw new ChannelInputError('token', 'Telegram does not know this token: copy it again from @BotFather');
  }
  throw error;
}

/** Sets or removes the webhook. Telegram allows about one such call a second: a short wait it asks for is waited, once. */
async function register(channel: ConnectedChannel): Promise<void> {
  const attempt = () => (channel.receive === 'webhook' ? setWebhook(channel) : deleteWebhook(channel));
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (error.kind === 'rateLimited' && (error.retryAfterMs ?? 0) <= 3_000) {
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs));
      return attempt();
    }
    if (error.kind === 'refused' && error.scope === 'message') {
      throw new ChannelInputError('receive', `Telegram refuses the webhook address (${error.words}): correct PUBLIC_URL or choose polling`);
    }
    throw error;
  }
}

async function setWebhook(channel: ConnectedChannel): Promise<void> {
  await call(channel, { timeoutMs: CALL_TIMEOUT_MS, reading: true }, (api, signal) =>
    api.raw.setWebhook(
      {
        url: channel.webhookUrl ?? '',
        secret_token: channel.webhookSecret,
        allowed_updates: [...ALLOWED_UPDATES],
        max_connections: 40,
        drop_pending_updates: false,
      },
      signal,
    ),
  );
}

async function deleteWebhook(channel: ConnectedChannel): Promise<void> {
  await call(channel, { timeoutMs: CALL_TIMEOUT_MS, reading: true }, (api, signal) =>
    api.raw.deleteWebhook({ drop_pending_updates: false }, signal),
  );
}

/** The cursor names its bot: after a channel got another bot's token the old numbers mean nothing. */
function offsetOf(cursor: string | undefined, botId: string): number | undefined {
  const [bot, offset] = (cursor ?? '').split('/');
  return bot === botId && offset !== undefined && /^\d+$/.test(offset) ? Number(offset) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
