import { describe, expect, test } from 'vitest';
import type { ThreadItem, ThreadPage } from '../../api/contract/index.ts';
import { itemId, overlay } from '../../web/data/thread.ts';
import { blocksOf, inOrder } from '../../web/thread/blocks.ts';

const MINUTE = 60_000;
const noon = new Date(2026, 10, 22, 12).getTime();

type Message = Extract<ThreadItem, { kind: 'message' }>['message'];
function message(id: string, at: number, change: Partial<Message> = {}): ThreadItem {
  return {
    kind: 'message',
    message: {
      id,
      chatId: 'chat',
      channelId: 1,
      conversationNumber: 1,
      position: 1,
      direction: 'in',
      author: { kind: 'client', id: null, name: 'Anna' },
      bot: null,
      key: null,
      text: id,
      previousText: null,
      reactions: [],
      attachments: [],
      buttons: [],
      extra: {},
      status: 'read',
      statusWords: '',
      parts: [],
      writtenAt: at,
      editedAt: null,
      deletedAt: null,
      replyTo: null,
      ...change,
    },
  };
}

function line(id: number, at: number, type: Extract<ThreadItem, { kind: 'line' }>['line']['type'] = 'opened'): ThreadItem {
  const author = { kind: 'system' as const, id: null, name: null };
  return {
    kind: 'line',
    line: { id, type, at, author, conversationNumber: 1, bot: null, outcome: null, words: null, from: null, to: null },
  };
}

const fromBot: Partial<Message> = { direction: 'out', author: { kind: 'bot', id: 5, name: 'Greeting' } };
const page = (items: ThreadItem[], nextCursor: string | null = null): ThreadPage => ({ items, nextCursor });
const shape = (items: ThreadItem[]) =>
  blocksOf(items).map((block) =>
    block.type === 'lines'
      ? `lines ${block.lines.length}`
      : block.type === 'messages'
        ? block.messages.map(({ id }) => id).join('+')
        : block.type,
  );

describe('blocks of a thread', () => {
  test('bubbles of one author within a minute stand together, others apart', () => {
    const items = [
      message('a', noon),
      message('b', noon + 30_000),
      message('c', noon + 2 * MINUTE),
      message('d', noon + 2 * MINUTE + 1, fromBot),
    ];
    expect(shape(items)).toEqual(['day', 'a+b', 'c', 'd']);
  });

  test('a day line stands before the first thing of each day', () => {
    expect(shape([message('a', noon - 24 * 60 * MINUTE), line(1, noon), message('b', noon)])).toEqual(['day', 'a', 'day', 'lines 1', 'b']);
  });

  test('what one turn did reads in the order of cause: opened, written, bot started, bot answered', () => {
    const newestFirst = [line(2, noon, 'botStarted'), line(1, noon, 'opened'), message('answer', noon, fromBot), message('question', noon)];
    expect(inOrder(newestFirst).map(itemId)).toEqual(['line-1', 'question', 'line-2', 'answer']);
  });

  test('messages written at one instant keep the order the server gave them', () => {
    expect(inOrder([message('second', noon), message('first', noon)]).map(itemId)).toEqual(['first', 'second']);
  });
});

describe('the newest page laid over a thread', () => {
  const at = (minute: number) => noon + minute * MINUTE;
  const data = (...pages: ThreadPage[]) => ({ pages, pageParams: pages.map((_, index) => (index === 0 ? undefined : String(index))) });
  const ids = (result: ReturnType<typeof overlay>) => result?.pages.map(({ items }) => items.map(itemId));

  test('new messages come first, changed ones are replaced in place, nothing is doubled', () => {
    const before = data(page([message('c', at(3)), message('b', at(2))], '1'), page([message('a', at(1))]));
    const after = overlay(before, page([message('d', at(4)), message('c', at(3), { status: 'accepted' })], 'x'));
    expect(ids(after)).toEqual([['d', 'c', 'b'], ['a']]);
    expect(after?.pages[0]?.items[1]).toMatchObject({ message: { status: 'accepted' } });
  });

  test('items that moved from the first page to beyond it are not lost', () => {
    const before = data(page([message('b', at(2)), message('a', at(1))], '1'), page([message('z', at(0))]));
    expect(ids(overlay(before, page([message('d', at(4)), message('c', at(3)), message('b', at(2))], 'x')))).toEqual([
      ['d', 'c', 'b', 'a'],
      ['z'],
    ]);
  });

  test('a gap between old and new is never hidden: the thread is fetched anew', () => {
    const before = data(page([message('a', at(1))]));
    expect(overlay(before, page([message('z', at(90)), message('y', at(89))], 'x'))).toBeUndefined();
  });

  test('a withdrawn item at the top disappears', () => {
    const before = data(page([message('gone', at(3)), message('b', at(2))]));
    expect(ids(overlay(before, page([message('b', at(2))])))).toEqual([['b']]);
  });
});
