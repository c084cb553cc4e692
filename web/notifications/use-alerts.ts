import { useEffect, useRef } from 'react';
import { useNavigate } from 'react-router';
import { tagOf } from '../../domain/notifications/push-words.ts';
import { isQuiet } from '../../domain/notifications/settings.ts';
import { useMe } from '../data/queries.ts';
import { useNotificationSettings, useUnread } from './data.ts';
import { closeSettled, lookAtPush } from './push.ts';
import { chimeOnce } from './sound.ts';
import { showCount } from './title.ts';

/** What every page does about notifications, shown or not: count in the title, sound for what is new, pushes that lead here, and their end. */
export function useAlerts(): void {
  const navigate = useNavigate();
  const { user } = useMe();
  const { data: settings } = useNotificationSettings();
  const { data } = useUnread();
  /** The newest that was there when the page opened, or has been rung for. */
  const heard = useRef<number>(undefined);

  useEffect(() => void lookAtPush(user.id), [user.id]);
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return;
    const hear = ({ data: message }: MessageEvent) => {
      if (message?.type === 'open' && typeof message.url === 'string') void navigate(message.url);
    };
    navigator.serviceWorker.addEventListener('message', hear);
    return () => navigator.serviceWorker.removeEventListener('message', hear);
  }, [navigate]);

  useEffect(() => {
    if (data === undefined) return;
    showCount(data.unread);
    // Only when all that stands is known can it be said what does not.
    if (data.nextCursor === null) void closeSettled(new Set(data.items.map(tagOf)));
  }, [data]);

  useEffect(() => {
    if (data === undefined || settings === undefined) return;
    const newest = Math.max(0, ...data.items.map(({ id }) => id));
    const before = heard.current;
    heard.current = Math.max(before ?? 0, newest);
    if (before === undefined) return;
    const rings = data.items.some(({ id, what }) => id > before && settings.kinds[what].sound);
    if (rings && settings.sound && !isQuiet(settings, Date.now())) void chimeOnce(newest);
  }, [data, settings]);
}
