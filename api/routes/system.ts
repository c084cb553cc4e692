import { Hono } from 'hono';
import type { ApiDeps, Env } from '../deps.ts';
import type { Metrics } from '../metrics.ts';

/** For those who operate it: alive, ready and numbers. */
export function systemRoutes(deps: ApiDeps, metrics: Metrics): Hono<Env> {
  return (
    new Hono<Env>()
      /** The process answers; says nothing about what it needs. */
      .get('/healthz', (c) => c.json({ status: 'ok' }))
      /** 200 when requests can be served; 503 with what is missing: postgres, migrations, temporal, search attributes, or draining. */
      .get('/readyz', async (c) => {
        const missing = deps.closing.aborted ? ['draining'] : await deps.missing();
        c.header('Cache-Control', 'no-store');
        return c.json({ status: missing.length === 0 ? 'ready' : 'not ready', missing }, missing.length === 0 ? 200 : 503);
      })
      .get('/metrics', async (c) => {
        c.header('Content-Type', metrics.registry.contentType);
        return c.body(await metrics.registry.metrics());
      })
  );
}
