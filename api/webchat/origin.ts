/**
 * May a page of this origin use the chat? `host` is the Host header of the request itself.
 * Our own pages always may. With an empty list pages on loopback may use a server on loopback, so that a laptop's demo works from any port.
 */
export function originAllowed(origin: string, host: string | undefined, allowed: readonly string[]): boolean {
  if (!URL.canParse(origin)) return false; // "null": a sandboxed frame or a file
  const page = new URL(origin);
  if (host !== undefined && page.host === host.toLowerCase()) return true;
  if (allowed.length === 0) return isLoopback(page.hostname) && host !== undefined && isLoopback(hostnameOf(host));
  return allowed.some((entry) => matches(entry, page));
}

function matches(entry: string, page: URL): boolean {
  const wildcard = /^(https?:)\/\/\*\.(.+)$/.exec(entry);
  if (wildcard === null) return entry === page.origin;
  return page.protocol === wildcard[1] && page.host.endsWith(`.${wildcard[2]}`);
}

function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
