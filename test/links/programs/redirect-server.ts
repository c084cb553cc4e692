/** A process that only leads links on, for tests that kill it: prints its port. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createClickWriter } from '../../../api/links/click-writer.ts';
import { redirectRoutes } from '../../../api/links/redirect.ts';
import { connect } from '../../../db/connection.ts';

const sql = connect(process.env.DATABASE_URL!, { max: 4 });
const log = { warn: (fields: object, message: string) => console.error(message, fields), error: console.error };
const clicks = createClickWriter({ sql, log });
const app = new Hono().route('/s', redirectRoutes({ sql, clicks, log, now: Date.now, clientIp: () => '127.0.0.1' }) as never);
const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
server.once('listening', () => console.log(`port ${(server.address() as AddressInfo).port}`));
