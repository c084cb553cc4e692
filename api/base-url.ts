import type { ApiDeps, AppContext } from './deps.ts';

/** The address the caller knows us by: links in an answer work for the page or program that asked. */
export function baseUrl(deps: Pick<ApiDeps, 'publicUrl' | 'localUrl'>, c: AppContext): string {
  const host = c.req.header('Host');
  if (host === undefined || !/^[\w.:[\]-]+$/.test(host)) return deps.publicUrl ?? deps.localUrl;
  if (deps.publicUrl !== undefined && new URL(deps.publicUrl).host === host) return deps.publicUrl;
  return `http://${host}`;
}
