/** Customers, and what every card carries beside its fields: tasks, notes, events; and the move of a conversation to another card. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type {
  AttachTo,
  CardKind,
  Conversation,
  Customer,
  CustomerChange,
  CustomerPage,
  CustomerStage,
  EventPage,
  NewCustomer,
  NewTask,
  Note,
  NotePage,
  Task,
  TaskChange,
} from '../../api/contract/index.ts';
import { toast } from '../ui/toasts.tsx';
import { call } from './client.ts';
import { read } from './live.ts';
import { queryClient } from './query-client.ts';
import { problemWords } from './words.ts';

export interface CardOf {
  type: CardKind;
  id: number;
}
const pathOf = ({ type, id }: CardOf) => `/api/${type}s/${id}`;
const nextPage = <Page extends { nextCursor: string | null }>() => ({
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: Page) => page.nextCursor ?? undefined,
});

export interface CustomerFilter {
  search?: string | undefined;
  stage?: string | undefined;
  responsible?: string | undefined;
}

export const useCustomers = (filter: CustomerFilter) =>
  useInfiniteQuery({
    queryKey: ['customers', filter],
    queryFn: ({ pageParam, signal }) => read<CustomerPage>('/api/customers', { ...filter, cursor: pageParam, limit: 50 }, signal),
    ...nextPage<CustomerPage>(),
    placeholderData: keepPreviousData,
  });
export const useContactCustomers = (contactId: number | undefined) =>
  useQuery({
    queryKey: ['customers', 'contact', contactId],
    queryFn: ({ signal }) => read<CustomerPage>('/api/customers', { contact: contactId, limit: 50 }, signal),
    enabled: contactId !== undefined,
    select: (page) => page.items,
  });
export const useCustomer = (id: number | undefined) =>
  useQuery({
    queryKey: ['customer', id],
    queryFn: ({ signal }) => read<Customer>(`/api/customers/${id}`, {}, signal),
    enabled: id !== undefined,
  });
export const useCustomerStages = () =>
  useQuery({
    queryKey: ['customer-stages'],
    queryFn: () => read<{ items: CustomerStage[] }>('/api/customers/stages'),
    select: ({ items }) => items,
  });

export const useTasks = (card: CardOf) =>
  useQuery({
    queryKey: ['tasks', card.type, card.id],
    queryFn: ({ signal }) => read<{ items: Task[] }>(`${pathOf(card)}/tasks`, {}, signal),
    select: ({ items }) => items,
  });
export const useNotes = (card: CardOf) =>
  useInfiniteQuery({
    queryKey: ['notes', card.type, card.id],
    queryFn: ({ pageParam, signal }) => read<NotePage>(`${pathOf(card)}/notes`, { cursor: pageParam, limit: 50 }, signal),
    ...nextPage<NotePage>(),
  });
export const useCardEvents = (card: CardOf) =>
  useInfiniteQuery({
    queryKey: ['card-events', card.type, card.id],
    queryFn: ({ pageParam, signal }) => read<EventPage>(`${pathOf(card)}/events`, { cursor: pageParam, limit: 50 }, signal),
    ...nextPage<EventPage>(),
  });

/** Changes something and fetches again what it may have changed; a refusal is said. Undefined: refused. */
async function change<Answer>(method: string, path: string, body: unknown, ...keys: string[]): Promise<Answer | undefined> {
  try {
    return await call<Answer>(method, path, { body, idempotencyKey: crypto.randomUUID() });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return undefined;
  } finally {
    await Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
  }
}

/** Shows the change at once, then the server's own answer; a refusal puts the old state back and says why. */
export async function changeCustomer(customer: Customer, body: CustomerChange, guess: Partial<Customer>): Promise<boolean> {
  const key = ['customer', customer.id];
  await queryClient.cancelQueries({ queryKey: key });
  queryClient.setQueryData<Customer>(key, (current) => (current === undefined ? current : { ...current, ...guess }));
  return (await change<Customer>('PATCH', `/api/customers/${customer.id}`, body, 'customer', 'customers', 'card-events')) !== undefined;
}
export const makeCustomer = (body: NewCustomer) => change<Customer>('POST', '/api/customers', body, 'customers');

export const makeTask = (card: CardOf, body: NewTask) => change<Task>('POST', `${pathOf(card)}/tasks`, body, 'tasks', 'card-events');
export const changeTask = (id: number, body: TaskChange) => change<Task>('PATCH', `/api/tasks/${id}`, body, 'tasks', 'card-events');
export const makeNote = (card: CardOf, text: string) => change<Note>('POST', `${pathOf(card)}/notes`, { text }, 'notes', 'card-events');

/** Hangs a conversation on another card of the same client. */
export const attachConversation = (number: number, to: AttachTo) =>
  change<Conversation>(
    'POST',
    `/api/conversations/${number}/attach`,
    to,
    'lead',
    'leads',
    'customer',
    'customers',
    'conversation',
    'conversations',
    'card-events',
  );
