import type { Contact, ContactChange, Lead, LeadChange, OrderAnswerView } from '../../api/contract/index.ts';
import { toast } from '../ui/toasts.tsx';
import { ApiProblem, call } from './client.ts';
import { queryClient } from './query-client.ts';
import { problemWords } from './words.ts';

/**
 * Gives an order and repeats it with the same key until its outcome is known or it was refused: a lost answer costs nothing, since the server
 * takes each key once. Throws ApiProblem.
 */
export async function order<Answer>(path: string, body: unknown = {}, key: string = crypto.randomUUID()): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await call<Answer | { accepted: true }>('POST', path, { body, idempotencyKey: key });
      const pending = typeof answer === 'object' && answer !== null && 'accepted' in answer;
      if (!pending || attempt >= 4) return answer as Answer;
    } catch (error) {
      const passing = error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
      if (!passing || attempt >= 3) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500 * attempt));
  }
}

const refetch = (...keys: string[]) => Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));

/** Orders about a conversation by its number; each answers what it found after it was carried out. */
export const conversationOrders = {
  close: (number: number, options: { force?: boolean; stopBots?: boolean } = {}) =>
    order<OrderAnswerView>(`/api/conversations/${number}/close`, options).then(after),
  noReplyNeeded: (number: number) => order<OrderAnswerView>(`/api/conversations/${number}/no-reply-needed`).then(after),
  read: (number: number) => order<OrderAnswerView>(`/api/conversations/${number}/read`),
  unread: (number: number) => order<OrderAnswerView>(`/api/conversations/${number}/unread`).then(after),
};

async function after(answer: OrderAnswerView): Promise<OrderAnswerView> {
  await refetch('conversations', 'counts', 'conversation', 'lead');
  return answer;
}

/** Shows the change at once, then the server's own answer; a refusal puts the old state back and says why. */
export async function changeLead(lead: Lead, change: LeadChange, guess: Partial<Lead>): Promise<boolean> {
  const key = ['lead', lead.id];
  await queryClient.cancelQueries({ queryKey: key });
  queryClient.setQueryData<Lead>(key, (current) => (current === undefined ? current : { ...current, ...guess }));
  try {
    const answer = await call<Lead>('PATCH', `/api/leads/${lead.id}`, { body: change, idempotencyKey: crypto.randomUUID() });
    queryClient.setQueryData(key, answer);
    void refetch('leads', 'conversations');
    return true;
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    await queryClient.invalidateQueries({ queryKey: key });
    return false;
  }
}

/** As `changeLead`, for a contact wherever it is shown. */
export async function changeContact(contact: Contact, change: ContactChange): Promise<boolean> {
  try {
    await call<Contact>('PATCH', `/api/contacts/${contact.id}`, { body: change, idempotencyKey: crypto.randomUUID() });
    return true;
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return false;
  } finally {
    await refetch('contact', 'lead', 'conversations');
  }
}
