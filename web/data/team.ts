import { useQuery } from '@tanstack/react-query';
import type {
  Participants,
  QuickReply,
  QuickReplyBody,
  TalkNoteBody,
  TalkNoteMade,
  TransferBody,
  Transferred,
} from '../../api/contract/index.ts';
import { call } from './client.ts';
import { read } from './live.ts';
import { order } from './orders.ts';
import { queryClient } from './query-client.ts';
import { refreshThreads } from './thread.ts';

const refetch = (...keys: string[]) => Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
const after = async () => {
  refreshThreads();
  await refetch('contact', 'lead', 'conversation', 'conversations', 'counts');
};

/** Orders about who works on a client. Each throws ApiProblem. */
export const teamOrders = {
  async transfer(number: number, body: TransferBody): Promise<Transferred> {
    const done = await order<Transferred>(`/api/conversations/${number}/transfer`, body);
    await after();
    return done;
  },
  async addParticipant(number: number, userId: number): Promise<void> {
    await order<Participants>(`/api/conversations/${number}/participants`, { userId });
    await after();
  },
  async removeParticipant(number: number, userId: number): Promise<void> {
    await call<Participants>('DELETE', `/api/conversations/${number}/participants/${userId}`);
    await after();
  },
  async block(contactId: number, blocked: boolean): Promise<void> {
    await order(`/api/contacts/${contactId}/${blocked ? 'block' : 'unblock'}`);
    await after();
  },
};

/** Private notes of a conversation. Each throws ApiProblem. */
export const noteOrders = {
  async add(number: number, body: TalkNoteBody): Promise<TalkNoteMade> {
    const made = await order<TalkNoteMade>(`/api/conversations/${number}/notes`, body);
    refreshThreads();
    return made;
  },
  async change(number: number, id: number, body: TalkNoteBody): Promise<TalkNoteMade> {
    const made = await call<TalkNoteMade>('PATCH', `/api/conversations/${number}/notes/${id}`, {
      body,
      idempotencyKey: crypto.randomUUID(),
    });
    refreshThreads();
    return made;
  },
  async remove(number: number, id: number): Promise<void> {
    await call('DELETE', `/api/conversations/${number}/notes/${id}`);
    // What is laid over a thread takes nothing away from its older pages.
    await refetch('thread');
  },
};

export const useQuickReplies = (enabled = true) =>
  useQuery({
    queryKey: ['quick-replies'],
    queryFn: () => read<{ items: QuickReply[] }>('/api/quick-replies'),
    select: (answer) => answer.items,
    enabled,
  });

/** Changes of quick replies; the list is fetched again after each. Each throws ApiProblem. */
export const quickReplyOrders = {
  async save(id: number | undefined, body: QuickReplyBody): Promise<void> {
    if (id === undefined) await order('/api/quick-replies', body);
    else await call('PUT', `/api/quick-replies/${id}`, { body, idempotencyKey: crypto.randomUUID() });
    await refetch('quick-replies');
  },
  async remove(id: number): Promise<void> {
    await call('DELETE', `/api/quick-replies/${id}`);
    await refetch('quick-replies');
  },
  /** The text with the client's own values in place of its placeholders. */
  filled: (id: number, client: { contact: number; conversation?: number | undefined; lead?: number | undefined }) =>
    call<{ text: string }>('GET', `/api/quick-replies/${id}/filled`, { query: client }).then(({ text }) => text),
};
