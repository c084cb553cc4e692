const PREFIX = /^\(\d+\+?\) /;

let count = 0;
let watching: MutationObserver | undefined;

/** Puts the count before the page's title and keeps it there whatever page sets its own; the tab's picture and the app's badge follow. */
export function showCount(unread: number): void {
  if (count === unread && watching !== undefined) return;
  count = unread;
  dress();
  if (watching === undefined && document.head !== null) {
    watching = new MutationObserver(dress);
    watching.observe(document.head, { childList: true, subtree: true, characterData: true });
  }
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const picture = unread > 0 ? '/icon-unread.svg' : '/icon.svg';
  if (icon !== null && icon.getAttribute('href') !== picture) icon.setAttribute('href', picture);
  const badge = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
  badge?.catch(() => undefined); // not installed as an app
}

function dress(): void {
  const bare = document.title.replace(PREFIX, '');
  const wanted = count > 0 ? `(${count > 99 ? '99+' : count}) ${bare}` : bare;
  if (document.title !== wanted) document.title = wanted;
}
