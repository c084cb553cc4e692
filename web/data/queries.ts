import { type InfiniteData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import type {
  Bot,
  BotItem,
  Channels,
  Contact,
  Conversation,
  ConversationCounts,
  ConversationPage,
  ConversationQuery,
  FieldDefinition,
  Lead,
  NotificationPage,
  Pipeline,
  Run,
  Session,
  Settings,
  Tag,
  Templates,
  Trace,
  User,
} from '../../api/contract/index.ts';
import { call } from './client.ts';
import { read } from './live.ts';
import { queryClient } from './query-client.ts';

export type ConversationFilter = Omit<ConversationQuery, 'cursor' | 'limit'>;

export const useSession = () => useQuery({ queryKey: ['session'], queryFn: () => call<Session>('GET', '/api/session') });

/** Who uses the page. Only drawn inside the shell, where it is certain. */
export function useMe() {
  const { data } = useSession();
  if (data?.me === null || data === undefined) throw new Error('Nobody is signed in');
  return data.me;
}

/** Approved templates of a channel. Looked at again when the composer comes back to them. */
const templatesQuery = (channelId: number) => ({
  queryKey: ['templates', channelId],
  queryFn: () => call<Templates>('GET', `/api/channels/${channelId}/templates`),
});
export const useTemplates = (channelId: number) => useQuery(templatesQuery(channelId));
/** Those of several channels in one list. */
export const useTemplatesOf = (channelIds: number[]) =>
  useQueries({ queries: channelIds.map(templatesQuery), combine: (answers) => answers.flatMap(({ data }) => data?.items ?? []) });

/** Asks the messenger for them now. */
export async function refreshTemplates(channelId: number): Promise<void> {
  const templates = await call<Templates>('GET', `/api/channels/${channelId}/templates`, { query: { fresh: true } });
  queryClient.setQueryData(['templates', channelId], templates);
}

export const useCounts = () => useQuery({ queryKey: ['counts'], queryFn: () => read<ConversationCounts>('/api/conversations/counts') });

export const useConversations = (filter: ConversationFilter) =>
  useInfiniteQuery({
    queryKey: ['conversations', filter],
    // The first page quickly, further ones large: a change fetches all that are loaded again.
    queryFn: ({ pageParam, signal }) =>
      read<ConversationPage>(
        '/api/conversations',
        { ...(filter as Record<string, string>), cursor: pageParam, limit: pageParam === undefined ? 50 : 200 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** Lets go of all but the first two pages of a list. */
export function keepFirstPages(filter: ConversationFilter): void {
  queryClient.setQueryData<InfiniteData<ConversationPage, string | undefined>>(['conversations', filter], (list) =>
    list === undefined || list.pages.length <= 2 ? list : { pages: list.pages.slice(0, 2), pageParams: list.pageParams.slice(0, 2) },
  );
}

export const useConversation = (number: number | undefined) =>
  useQuery({
    queryKey: ['conversation', number],
    queryFn: ({ signal }) => read<Conversation>(`/api/conversations/${number}`, {}, signal),
    enabled: number !== undefined,
  });

const leadQuery = (id: number | undefined) => ({
  queryKey: ['lead', id],
  queryFn: ({ signal }: { signal: AbortSignal }) => read<Lead>(`/api/leads/${id}`, {}, signal),
});
export const useLead = (id: number | undefined) => useQuery({ ...leadQuery(id), enabled: id !== undefined });
export const prefetchLead = (id: number) => void queryClient.prefetchQuery(leadQuery(id));

export const useContact = (id: number | undefined) =>
  useQuery({
    queryKey: ['contact', id],
    queryFn: ({ signal }) => read<Contact>(`/api/contacts/${id}`, {}, signal),
    enabled: id !== undefined,
  });

interface List<Item> {
  items: Item[];
}
const list = <Item>(answer: List<Item>) => answer.items;

export const useRuns = (card: { type: 'lead' | 'customer'; id: number }) =>
  useQuery({
    queryKey: ['runs', card.type, card.id],
    queryFn: () => read<List<Run>>(`/api/${card.type}s/${card.id}/runs`, { state: 'all' }),
    select: list<Run>,
  });
export const useTrace = (runId: string) => useQuery({ queryKey: ['trace', runId], queryFn: () => read<Trace>(`/api/runs/${runId}/trace`) });
export const useBots = () => useQuery({ queryKey: ['bots'], queryFn: () => read<List<BotItem>>('/api/bots'), select: list<BotItem> });
export const useBot = (id: number) => useQuery({ queryKey: ['bot', id], queryFn: () => read<Bot>(`/api/bots/${id}`) });
export const useChannels = () => useQuery({ queryKey: ['channels'], queryFn: () => read<Channels>('/api/channels') });
export const useUsers = () => useQuery({ queryKey: ['users'], queryFn: () => read<List<User>>('/api/users'), select: list<User> });
export const useSettings = () => useQuery({ queryKey: ['settings'], queryFn: () => read<Settings>('/api/settings') });
export const usePipelines = () =>
  useQuery({ queryKey: ['pipelines'], queryFn: () => read<List<Pipeline>>('/api/pipelines'), select: list<Pipeline> });
export const useTags = (entity: 'lead' | 'contact' | 'customer') =>
  useQuery({ queryKey: ['tags', entity], queryFn: () => read<List<Tag>>('/api/tags', { entity }), select: list<Tag> });
export const useFields = () =>
  useQuery({ queryKey: ['fields'], queryFn: () => read<List<FieldDefinition>>('/api/fields'), select: list<FieldDefinition> });
export const useNotifications = () =>
  useQuery({ queryKey: ['notifications'], queryFn: () => read<NotificationPage>('/api/notifications', { limit: 30 }) });
