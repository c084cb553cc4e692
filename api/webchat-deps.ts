import { createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { webchatSettingsOf } from '../channels/webchat/settings.ts';
import type { ChannelRow } from '../db/stores/channels.ts';
import type { StoredFile } from '../db/stores/files.ts';
import {
  chatIdOfVisitor,
  messagesOfVisitor,
  nameOfUser,
  stateOfVisitor,
  unconfirmedOfVisitor,
  type VisitorMessage,
} from '../db/stores/webchat.ts';
import { readTypingId, TYPING_SECONDS } from '../db/typing.ts';
import { kindOf } from '../files/sniff.ts';
import type { ChannelCache } from './channel-cache.ts';
import type { ApiDeps } from './deps.ts';
import type { LiveNews } from './live.ts';
import type { FileFacts, StoredMessage, WebchatChannel, WebchatDeps, WebchatHub } from './webchat/model.ts';

/** The public chat routes over the real system. */
export function webchatDeps(deps: ApiDeps, cache: Pick<ChannelCache, 'byKey'>): WebchatDeps {
  const { sql, files, log } = deps;
  const channels = new WeakMap<ChannelRow, WebchatChannel>();
  return {
    async channelByKey(key) {
      const row = await cache.byKey(key);
      if (row === undefined) return undefined;
      const known = channels.get(row) ?? { accountId: row.accountId, id: row.id, key, settings: webchatSettingsOf(row.settings, row.name) };
      channels.set(row, known);
      return known;
    },
    store: {
      listMessages: async (chat, range) => (await messagesOfVisitor(sql, chat, range)).map(storedMessage),
      stateOf: (chat) => stateOfVisitor(sql, chat),
      unconfirmed: (chat, upTo, status) => unconfirmedOfVisitor(sql, chat, upTo, status),
    },
    hub: webchatHub(deps),
    files: {
      save: async (file) => fileFacts(await files.save({ ...file, createdBy: 'visitor' })),
      remove: files.remove,
      async find(accountId, fileId) {
        const [file] = await files.find(accountId, [fileId]);
        return file && fileFacts(file);
      },
      async open(accountId, fileId, range) {
        const [file] = await files.find(accountId, [fileId]);
        if (file === undefined) return undefined;
        try {
          return Readable.toWeb(await files.open(file, range)) as ReadableStream<Uint8Array>;
        } catch (error) {
          log.error({ err: error, accountId, fileId }, 'the bytes of a stored file are gone');
          return undefined;
        }
      },
    },
    deliver: (channel, facts) => deps.signaller.deliver(channel, facts),
    // A key of its own: no signature made elsewhere with the installation's key can pass for a visitor's.
    sessionKey: createHmac('sha256', deps.secretKey).update('webchat visitor').digest(),
    now: deps.now,
    clientIp: (c) => deps.clientIp(c) ?? 'unknown',
    logError: (err, words, facts) => log.error({ err, ...facts }, words),
    closing: deps.closing,
    ...(deps.fileBytesLimit === undefined ? {} : { fileBytesLimit: deps.fileBytesLimit }),
  };
}

/** News of one thread out of the account's. The thread's id is looked up when something happens before it is known: it may not be there yet. */
function webchatHub({ live, sql, log }: Pick<ApiDeps, 'live' | 'sql' | 'log'>): WebchatHub {
  return {
    subscribe(chat, listener) {
      let chatId: string | undefined;
      let asking = false;
      let again = false;
      /** One question at a time; what happens meanwhile asks once more, since the answer under way may not have seen it. */
      const lookUp = async () => {
        again = true;
        if (asking) return;
        asking = true;
        try {
          while (again && chatId === undefined) {
            again = false;
            chatId = await chatIdOfVisitor(sql, chat);
          }
          if (chatId !== undefined) listener({ type: 'changed' });
        } catch (error) {
          log.error({ err: error, accountId: chat.accountId, channelId: chat.channelId }, 'a web chat thread could not be looked up');
        } finally {
          asking = false;
        }
      };
      /** Only what is written to the client: a note for colleagues is none of theirs. */
      const tellTyping = async (ids: (string | number)[]) => {
        // The next one, in a few seconds, finds the thread known.
        if (chatId === undefined) return lookUp();
        const said = ids.flatMap((id) => readTypingId(id) ?? []).filter((one) => one.chatId === chatId && one.state !== 'note');
        for (const { userId, state } of said) {
          const name = await nameOfUser(sql, chat.accountId, userId).catch(() => undefined);
          if (name !== undefined)
            listener({ type: 'typing', author: { kind: 'person', name }, seconds: state === 'writing' ? TYPING_SECONDS : 0 });
        }
      };
      const hear = (news: LiveNews) => {
        if (news.type === 'resync') return listener({ type: 'changed' });
        if (news.kind === 'typing') return void tellTyping(news.ids);
        if (news.kind !== 'chat') return;
        if (chatId === undefined) void lookUp();
        else if (news.ids.includes(chatId)) listener({ type: 'changed' });
      };
      return live.subscribe(chat.accountId, hear);
    },
  };
}

function storedMessage(row: VisitorMessage): StoredMessage {
  const isVisitor = row.direction === 'in';
  return {
    cursor: row.position,
    ...(isVisitor && row.externalId !== null ? { clientMessageId: row.externalId } : {}),
    author: isVisitor ? { kind: 'visitor' } : { kind: row.authorKind === 'user' ? 'person' : 'bot', name: row.authorName },
    at: row.writtenAt,
    text: row.text,
    attachments: row.attachments.map(({ kind, fileId, name, mime, sizeBytes, widthPx, heightPx }) => ({
      kind,
      name,
      mime,
      ...(fileId === null ? {} : { fileId }),
      ...(sizeBytes === null ? {} : { sizeBytes }),
      ...(widthPx === null ? {} : { widthPx }),
      ...(heightPx === null ? {} : { heightPx }),
    })),
    buttons: row.buttons,
  };
}

function fileFacts({ id, name, mime, sizeBytes }: StoredFile): FileFacts {
  return { id, kind: kindOf(mime), name, mime, sizeBytes };
}
