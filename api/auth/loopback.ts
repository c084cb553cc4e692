import ipaddr from 'ipaddr.js';
import type { AppContext } from '../deps.ts';

/**
 * Whether the caller sits at this very machine: the connection comes from loopback, no proxy stands between, and the address in the
 * browser is loopback too (another site's name that points at 127.0.0.1 does not count).
 */
export function isOnLoopback(c: AppContext, ip: string | undefined): boolean {
  if (ip === undefined || !isLoopbackAddress(ip)) return false;
  if (['X-Forwarded-For', 'X-Forwarded-Host', 'Forwarded', 'X-Real-Ip'].some((name) => c.req.header(name) !== undefined)) return false;
  const host = (c.req.header('Host') ?? new URL(c.req.url).host).replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return host === 'localhost' || isLoopbackAddress(host);
}

function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
