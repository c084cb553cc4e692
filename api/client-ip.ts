import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import ipaddr from 'ipaddr.js';
import { isPublic } from '../channels/open-address.ts';

/** Who asks, for limits by address; undefined where nobody can tell. */
export function clientIp(c: Context): string | undefined {
  try {
    return callerOf(getConnInfo(c).remote.address, c.req.header('X-Forwarded-For'));
  } catch {
    return undefined; // not served over a socket
  }
}

/**
 * The caller behind a connection. One from a private address is a proxy of this installation where it names somebody: the last of those it names is whom it saw
 * itself, earlier ones the caller may have made up. A connection from the internet speaks for itself only.
 */
export function callerOf(remote: string | undefined, forwardedFor: string | undefined): string | undefined {
  if (remote === undefined || isPublic(remote)) return remote;
  const last = forwardedFor?.split(',').at(-1)?.trim() ?? '';
  return ipaddr.isValid(last) ? last : remote;
}
