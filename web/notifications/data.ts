import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type {
  Notification,
  NotificationPage,
  NotificationSettingsChange,
  NotificationSettingsView,
  PushSubscriptionView,
} from '../../api/contract/index.ts';
import type { NotificationGroup } from '../../domain/notifications/kinds.ts';
import { call } from '../data/client.ts';
import { read } from '../data/live.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { toast } from '../ui/toasts.tsx';

const NEWEST = 30;

/** The newest unread ones and their count: what the bell, the title and the sound go by. */
export const useUnread = () =>
  useQuery({
    queryKey: ['notifications', 'unread'],
    queryFn: () => read<NotificationPage>('/api/notifications', { limit: NEWEST, unread: true }),
  });

export interface CentreFilter {
  group: NotificationGroup | undefined;
  unread: boolean;
}

export const useCentre = (filter: CentreFilter) =>
  useInfiniteQuery({
    queryKey: ['notifications', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      read<NotificationPage>(
        '/api/notifications',
        { limit: NEWEST, group: filter.group, unread: filter.unread ? true : undefined, cursor: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: (before) => before,
  });

export const useNotificationSettings = () =>
  useQuery({ queryKey: ['notifications', 'settings'], queryFn: () => read<NotificationSettingsView>('/api/me/notifications') });

export const useDevices = () =>
  useQuery({
    queryKey: ['notifications', 'devices'],
    queryFn: () => read<{ items: PushSubscriptionView[] }>('/api/me/push-subscriptions'),
    select: ({ items }) => items,
  });

export const refetchNotifications = () => queryClient.invalidateQueries({ queryKey: ['notifications'] });

/** Marks as read: those named, those of a group, or all. Shown at once; the server's own count follows. */
export async function markRead(which: { ids?: number[]; group?: NotificationGroup | undefined } = {}): Promise<void> {
  try {
    await call('POST', '/api/notifications/read', { body: which });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
  }
  await refetchNotifications();
}

let saving: Promise<void> = Promise.resolve();

/** Stores changes one after another; what the server then has is what is shown. */
export function saveNotificationSettings(change: NotificationSettingsChange): Promise<void> {
  saving = saving.then(async () => {
    try {
      const answer = await call<NotificationSettingsView>('PUT', '/api/me/notifications', { body: change });
      queryClient.setQueryData(['notifications', 'settings'], answer);
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
      await refetchNotifications();
    }
  });
  return saving;
}

/** What is shown as one entry: notifications of one conversation, or one that hangs on none. */
export interface Entry {
  key: string;
  newest: Notification;
  earlier: Notification[];
  unreadIds: number[];
}

/** Notifications, newest first, a conversation each in the place of its newest. */
export function entriesOf(notes: Notification[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const note of notes) {
    const key = note.conversationNumber === null ? `note-${note.id}` : `talk-${note.conversationNumber}`;
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = { key, newest: note, earlier: [], unreadIds: [] };
      entries.set(key, entry);
    } else entry.earlier.push(note);
    if (note.readAt === null) entry.unreadIds.push(note.id);
  }
  return [...entries.values()];
}
