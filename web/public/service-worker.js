// Shows pushes while no page is looked at, takes them back when they are settled, and leads to the right page. It caches nothing.

const ICON = '/icon-192.png';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const payload = read(event.data);
  if (payload?.type === 'show') event.waitUntil(show(payload));
  if (payload?.type === 'withdraw') event.waitUntil(withdraw(payload));
});

/** What is not ours is shown as nothing: a push service may send its own tests. */
function read(data) {
  try {
    return data?.json();
  } catch {
    return undefined;
  }
}

const pages = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

async function show({ tag, id, title, body, url, at, lang }) {
  // Whoever looks at one of our pages sees and hears it there.
  if ((await pages()).some((page) => page.focused)) return;
  const known = await self.registration.getNotifications({ tag });
  // Came late, after something newer of the same conversation.
  if (known.some((one) => one.data?.id > id)) return;
  await self.registration.showNotification(title, {
    body,
    tag,
    lang,
    icon: ICON,
    badge: ICON,
    timestamp: at,
    // A push that a service delivers twice must not ring twice.
    renotify: known.some((one) => one.data?.id < id),
    data: { id, url, at },
  });
}

async function withdraw({ tag, upTo }) {
  for (const one of await self.registration.getNotifications({ tag })) if (!(one.data?.id > upTo)) one.close();
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? '/'));
});

/** In a page that is open, without loading it anew; else in a new one. */
async function open(url) {
  const [page] = (await pages()).toSorted((a, b) => Number(b.focused) - Number(a.focused));
  if (page === undefined) return self.clients.openWindow(url);
  page.postMessage({ type: 'open', url });
  return page.focus().catch(() => undefined);
}

// The browser changed the subscription's address by itself: the server hears of it at once, not at the next visit.
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(
    (async () => {
      const options = event.oldSubscription?.options ?? event.newSubscription?.options;
      const fresh = event.newSubscription ?? (options === undefined ? undefined : await self.registration.pushManager.subscribe(options));
      if (!fresh) return;
      const { endpoint, keys } = fresh.toJSON();
      await fetch('/api/me/push-subscriptions', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ endpoint, keys }),
      });
    })(),
  );
});
