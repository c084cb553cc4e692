import type { InfiniteData } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Message, ThreadPage } from '../../api/contract/index.ts';

/** Messages of one chat in the threads that the page holds. */
function messagesIn(data: [unknown, InfiniteData<ThreadPage> | undefined][], chatId: string): Message[] {
  return data.flatMap(([, thread]) =>
    (thread?.pages ?? []).flatMap((page) =>
      page.items.flatMap((item) => (item.kind === 'message' && item.message.chatId === chatId ? [item.message] : [])),
    ),
  );
}

const highest = (messages: readonly Message[]) => messages.reduce((most, { position }) => Math.max(most, position), 0);

export interface Answered {
  name: string | null;
  at: number;
}

/**
 * What the writer had seen of a chat when they began to write, and whether a colleague has answered there since. `position` goes with the message, so
 * that the server asks the same question once more; `look` says that the writer has looked now.
 */
export function useSeen({
  contactId,
  chatId,
  me,
  writing,
}: {
  contactId: number;
  chatId: string | undefined;
  me: number;
  writing: boolean;
}) {
  const client = useQueryClient();
  const [, redraw] = useState(0);
  useEffect(
    () =>
      client.getQueryCache().subscribe((event) => {
        if (event.type === 'updated' && event.query.queryKey[0] === 'thread' && event.query.queryKey[1] === contactId)
          queueMicrotask(() => redraw((count) => count + 1));
      }),
    [client, contactId],
  );
  const messages =
    chatId === undefined ? [] : messagesIn(client.getQueriesData<InfiniteData<ThreadPage>>({ queryKey: ['thread', contactId] }), chatId);
  const now = highest(messages);
  const seen = useRef<{ chatId: string | undefined; position: number }>(undefined);
  // As long as nothing is written, what stands there counts as seen; so does the first page that a kept draft finds.
  const before = seen.current;
  if (before === undefined || !writing || before.chatId !== chatId || (before.position === 0 && now > 0))
    seen.current = { chatId, position: now };
  const position = seen.current?.position ?? now;
  const since = messages
    .filter(({ direction, author, position: at, status }) => {
      const byColleague = direction === 'out' && author.kind === 'user' && author.id !== me;
      return byColleague && at > position && status !== 'refused' && status !== 'withdrawn';
    })
    .toSorted((a, b) => b.position - a.position)[0];
  return {
    position: now === 0 ? undefined : position,
    answered:
      since === undefined
        ? undefined
        : ({ name: since.author.id === null ? null : since.author.name, at: since.writtenAt } satisfies Answered),
    look: () => {
      seen.current = { chatId, position: now };
      redraw((count) => count + 1);
    },
  };
}
