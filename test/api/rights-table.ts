/**
 * What every route of `/openapi.json` asks of a user, for rights.test.ts: a route without a line here fails there. A line goes to the
 * others of its kind; a route that this form cannot describe stands in `elsewhere` with the test that tries it.
 */
import { randomUUID } from 'node:crypto';
import type { Permission } from '../../domain/rights/rights.ts';
import { greeting } from './data.ts';
import type { Cast } from './rights-cast.ts';

export interface Route {
  method: string;
  /** With names of the card's ids. */
  path: string;
  body?: (cast: Cast) => unknown;
  /** Names a client, whose sight it needs; `change`: and the right to change the client. */
  client?: 'read' | 'change';
  right?: Permission;
  /** A second right that is asked for besides. */
  also?: Permission;
  administrator?: true;
  /** What a client out of sight is answered with, where the body names another thing that is not seen either; 404. */
  hidden?: number;
  /** Beyond the right to change the client: what others made is not changed. */
  author?: true;
  /** As `/openapi.json` writes it, where one line there is several routes. */
  as?: string;
}

const route =
  (rest: Partial<Route>) =>
  (method: string, path: string, body?: Route['body'] | Record<string, unknown> | unknown[], more: Partial<Route> = {}): Route => ({
    method,
    path,
    ...(body === undefined ? {} : { body: typeof body === 'function' ? body : () => body }),
    ...rest,
    ...more,
  });
/** Everybody's who works here: lists show what is in sight, the rest is one's own affair. */
const open = route({});
const reads = route({ client: 'read' });
const changes = route({ client: 'change' });
const administers = route({ administrator: true });
const needing = (right: Permission) => route({ right });

const CARDS = '/api/{card}/{id}';
export const table: Route[] = [
  open('GET', '/api/me'),
  open('GET', '/api/users'),
  open('GET', '/api/groups'),
  open('GET', '/api/tokens'),
  open('GET', '/api/bots'),
  open('GET', '/api/bots/{botId}'),
  open('GET', '/api/bots/{botId}/export'),
  open('GET', '/api/bots/{botId}/versions'),
  open('GET', '/api/bots/{botId}/versions/1/source'),
  open('GET', '/api/bots/{botId}/triggers'),
  open('POST', '/api/bots/{botId}/simulate', { script: 'hello' }),
  open('GET', '/api/channels'),
  open('GET', '/api/channels/{channelId}'),
  open('GET', '/api/channels/{channelId}/templates'),
  open('GET', '/api/settings'),
  open('GET', '/api/pipelines'),
  open('GET', '/api/tags'),
  open('GET', '/api/fields'),
  open('GET', '/api/events/types'),
  open('GET', '/api/notifications'),
  open('POST', '/api/notifications/read', {}),
  open('GET', '/api/search?q=Anna'),
  open('GET', '/api/duplicates'),
  open('GET', '/api/conversations'),
  open('GET', '/api/conversations/counts'),
  open('GET', '/api/leads'),
  open('GET', '/api/leads/totals'),
  open('GET', '/api/customers'),
  open('GET', '/api/customers/stages'),
  open('GET', '/api/me/notifications'),
  open('PUT', '/api/me/notifications', {}),
  open('GET', '/api/push-key'),
  open('GET', '/api/me/push-subscriptions'),
  open('GET', '/api/internal-chats'),
  open('GET', '/api/internal-chats/counts'),
  open('GET', '/api/quick-replies'),

  open('GET', '/api/links'),
  open('GET', '/api/pixel'),
  reads('GET', '/api/contacts/{contactId}/visits'),
  changes('POST', '/api/links', ({ card }) => ({ contactId: card.contactId, url: 'https://shop.example/a' })),

  reads('GET', '/api/conversations/{number}'),
  reads('GET', '/api/conversations/{number}/messages'),
  reads('GET', '/api/contacts/{contactId}'),
  reads('GET', '/api/duplicates/pair?first={contactId}&second={secondId}'),
  reads('GET', '/api/contacts/{contactId}/thread'),
  reads('GET', '/api/contacts/{contactId}/runs'),
  reads('GET', '/api/leads/{leadId}'),
  reads('GET', '/api/leads/{leadId}/thread'),
  reads('GET', '/api/leads/{leadId}/runs'),
  reads('GET', '/api/leads/{leadId}/internal-chat'),
  reads('GET', '/api/customers/{customerId}'),
  reads('GET', '/api/customers/{customerId}/runs'),
  reads('GET', '/api/leads/{leadId}/tasks', undefined, { as: `${CARDS}/tasks` }),
  reads('GET', '/api/contacts/{contactId}/tasks', undefined, { as: `${CARDS}/tasks` }),
  reads('GET', '/api/leads/{leadId}/notes', undefined, { as: `${CARDS}/notes` }),
  reads('GET', '/api/customers/{customerId}/notes', undefined, { as: `${CARDS}/notes` }),
  reads('GET', '/api/leads/{leadId}/events', undefined, { as: `${CARDS}/events` }),
  reads('GET', '/api/contacts/{contactId}/events', undefined, { as: `${CARDS}/events` }),
  reads('GET', '/api/runs/{runId}'),
  reads('GET', '/api/runs/{runId}/trace'),
  reads('GET', '/api/files/{fileId}'),
  reads('GET', '/api/quick-replies/{replyId}/filled?contact={contactId}'),

  changes('POST', '/api/conversations/{number}/messages', { text: 'x' }),
  changes('POST', '/api/conversations/{number}/no-reply-needed'),
  changes('POST', '/api/conversations/{number}/read'),
  changes('POST', '/api/conversations/{number}/unread'),
  changes('POST', '/api/conversations/{number}/close', { force: true }, { right: 'closeConversations' }),
  changes('POST', '/api/conversations/{number}/transfer', ({ chief }) => ({ userId: chief.userId })),
  changes('POST', '/api/conversations/{number}/participants', ({ chief }) => ({ userId: chief.userId })),
  changes('DELETE', '/api/conversations/{number}/participants/{chiefId}'),
  changes('POST', '/api/conversations/{number}/typing', {}),
  changes('POST', '/api/conversations/{number}/notes', { text: 'x' }),
  changes('PATCH', '/api/conversations/{number}/notes/{noteId}', { text: 'y' }, { author: true }),
  changes('POST', '/api/messages/{messageId}/arrived'),
  changes('DELETE', '/api/conversations/{number}/notes/{noteId}', undefined, { author: true }),
  changes('POST', '/api/conversations/{number}/attach', ({ card }) => ({ type: 'lead', id: card.leadId }), { hidden: 422 }),
  changes('POST', '/api/chats/{chatId}/messages', { text: 'x' }),
  changes('POST', '/api/contacts/{contactId}/messages', ({ card }) => ({ text: 'x', channel: card.channelId })),
  changes('POST', '/api/messages/{messageId}/retry'),
  changes('PATCH', '/api/contacts/{contactId}', { tags: ['new'] }),
  changes('POST', '/api/contacts/{contactId}/block'),
  changes('POST', '/api/contacts/{contactId}/unblock'),
  changes('POST', '/api/duplicates/different', ({ card, ids }) => ({ first: card.contactId, second: ids.secondId }), { right: 'merge' }),
  changes('PATCH', '/api/leads/{leadId}', { price: 7 }),
  changes('POST', '/api/leads/{leadId}/accept'),
  changes('POST', '/api/leads/{leadId}/decline', undefined, { right: 'closeConversations' }),
  changes('PATCH', '/api/customers/{customerId}', { tags: ['new'] }),
  changes('POST', '/api/leads/{leadId}/tasks', { text: 'Call', dueAt: 1_795_000_000_000 }, { as: `${CARDS}/tasks` }),
  changes('POST', '/api/customers/{customerId}/tasks', { text: 'Call', dueAt: 1_795_000_000_000 }, { as: `${CARDS}/tasks` }),
  changes('PATCH', '/api/tasks/{taskId}', { completed: true }),
  changes('POST', '/api/leads/{leadId}/notes', { text: 'x' }, { as: `${CARDS}/notes` }),
  changes('POST', '/api/contacts/{contactId}/notes', { text: 'x' }, { as: `${CARDS}/notes` }),
  changes('POST', '/api/runs/{runId}/stop', undefined, { right: 'runBots' }),
  changes('POST', '/api/bots/{botId}/start', ({ card }) => ({ leadId: card.leadId }), { right: 'runBots' }),
  changes('POST', '/api/bots/{botId}/start', ({ card }) => ({ conversation: card.number }), { right: 'runBots' }),
  changes('POST', '/api/bots/{botId}/start', ({ ids }) => ({ customerId: ids.customerId }), { right: 'runBots' }),

  needing('analytics')('GET', '/api/events'),
  ...['conversations', 'responses', 'missed', 'nps', 'managers', 'bots'].map((name) => needing('analytics')('GET', `/api/reports/${name}`)),
  needing('export')('GET', '/api/exports', undefined, { also: 'analytics' }),
  needing('export')('POST', '/api/exports', { filter: {}, language: 'en' }, { also: 'analytics' }),
  needing('analytics')('GET', '/api/exports', undefined, { also: 'export' }),
  needing('analytics')('POST', '/api/exports', { filter: {}, language: 'en' }, { also: 'export' }),
  needing('settings')('PUT', '/api/settings', { joinSeconds: 3 }),
  needing('settings')('POST', '/api/fields', () => ({ entity: 'lead', name: randomUUID(), type: 'text' })),
  needing('editBots')('POST', '/api/bots/import', () => greeting),
  needing('editBots')('PATCH', '/api/bots/{botId}', { name: 'Other' }),
  needing('editBots')('PUT', '/api/bots/{botId}/triggers', []),
  needing('editBots')('POST', '/api/bots/{botId}/publish', { acceptWarnings: true }),
  needing('editBots')('POST', '/api/bots/{botId}/rollback', { version: 1 }),
  needing('editBots')('POST', '/api/bots/{botId}/off'),
  needing('editBots')('POST', '/api/bots/{botId}/on'),
  needing('editBots')('DELETE', '/api/bots/{spareBotId}'),

  administers('POST', '/api/channels', { type: 'webchat' }),
  administers('PATCH', '/api/channels/{channelId}', { name: 'Other' }),
  administers('POST', '/api/channels/{channelId}/test'),
  administers('DELETE', '/api/channels/{channelId}'),
  administers('POST', '/api/users', () => ({ name: 'New', email: `${randomUUID()}@example.com` })),
  administers('PATCH', '/api/users/{chiefId}', { name: 'Chief' }),
  administers('POST', '/api/groups', { name: 'Third' }),
  administers('PATCH', '/api/groups/{groupId}', { name: 'Sales' }),
  administers('DELETE', '/api/groups/{groupId}'),
  administers('GET', '/api/webhooks'),
  administers('POST', '/api/webhooks', { destination: 'https://example.com/hook', settings: ['add_message'] }),
  administers('DELETE', '/api/webhooks/1'),
];

/** Routes without a client, a right or a role to test, each with the place that does. */
export const elsewhere: Record<string, string> = {
  'POST /api/contacts/merge': 'test/api/duplicates.test.ts',
  'GET /api/session': 'session.test.ts',
  'POST /api/session': 'session.test.ts',
  'DELETE /api/session': 'session.test.ts',
  'POST /api/session/demo': 'session.test.ts',
  'POST /api/session/account': 'session.test.ts',
  'POST /api/accounts': 'session.test.ts: the operator’s alone',
  'POST /api/tokens': 'routes.test.ts: one’s own',
  'DELETE /api/tokens/{id}': 'routes.test.ts: one’s own',
  'POST /api/files': 'sight.test.ts: seen by who brought it',
  'POST /api/leads': 'sight.test.ts: needs a client one may change',
  'POST /api/customers': 'sight.test.ts: needs a client one may change',
  'POST /api/conversations/bulk': 'sight.test.ts: number by number',
  'GET /api/exports/{id}': 'exports’ tests: one’s own',
  'POST /api/exports/{id}/cancel': 'exports’ tests: one’s own',
  'POST /api/me/push-subscriptions': 'one’s own',
  'DELETE /api/me/push-subscriptions/{id}': 'one’s own',
  'POST /api/quick-replies': 'team tests: one’s own, shared ones by right',
  'PUT /api/quick-replies/{id}': 'team tests',
  'DELETE /api/quick-replies/{id}': 'team tests',
  'GET /api/internal-chats/search': 'internal chats’ tests: members only',
  'POST /api/internal-chats': 'internal chats’ tests',
  'POST /api/internal-chats/direct': 'internal chats’ tests',
  'GET /api/internal-chats/{id}': 'internal chats’ tests: members only',
  'PATCH /api/internal-chats/{id}': 'internal chats’ tests: members only',
  'POST /api/internal-chats/{id}/members': 'internal chats’ tests: members only',
  'DELETE /api/internal-chats/{id}/members/{userId}': 'internal chats’ tests: members only',
  'GET /api/internal-chats/{id}/messages': 'internal chats’ tests: members only',
  'POST /api/internal-chats/{id}/messages': 'internal chats’ tests: members only',
  'PATCH /api/internal-chats/{id}/messages/{messageId}': 'internal chats’ tests: one’s own',
  'DELETE /api/internal-chats/{id}/messages/{messageId}': 'internal chats’ tests: one’s own',
  'POST /api/internal-chats/{id}/read': 'internal chats’ tests: members only',
};
