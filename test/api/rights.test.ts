/** Who may what, route by route: each route of rights-table.ts is tried by everybody whom it must refuse, and by who may do no more than it asks. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cast, startCast, words } from './rights-cast.ts';
import { elsewhere, type Route, table } from './rights-table.ts';
import type { Person, World } from './world.ts';

let cast: Cast;
let world: World;
beforeAll(async () => {
  cast = await startCast();
  world = cast.world;
}, 120_000);
afterAll(() => world.stop());

const title = ({ method, path, right }: Route) => `${method} ${path}${right === undefined ? '' : ` (${right})`}`;
const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => String(cast.ids[name]));

async function ask(person: Person, { method, path, body }: Route) {
  world.sent.length = 0;
  const answer = await world.call(person, method, fill(path), body?.(cast));
  return { status: answer.status, sent: world.sent.length, text: await answer.text() };
}

test('every described route stands in the table with what it asks of a user', async () => {
  const document = (await (await world.call(undefined, 'GET', '/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const bare = (path: string) =>
    path
      .replace(/\?.*$/, '')
      .replace('/versions/1/', '/versions/{}/')
      .replace(/webhooks\/1$/, 'webhooks/{}')
      .replace(/\{\w+\}/g, '{}');
  const known = new Set([...table.map(({ method, path, as }) => `${method} ${bare(as ?? path)}`), ...Object.keys(elsewhere).map(bare)]);
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.filter((one) => !known.has(bare(one)))).toEqual([]);
  const there = new Set(described.map(bare));
  expect([...known].filter((one) => !there.has(one))).toEqual([]);
});

test('nobody gets in without a user: not by any described route', async () => {
  const document = (await (await world.call(undefined, 'GET', '/openapi.json')).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  for (const [path, methods] of Object.entries(document.paths)) {
    // Signing in is for those who are not signed in; the demo account's one click asks for the loopback.
    if (path === '/api/session' || path === '/api/session/demo') continue;
    const address = path.replace('{card}', 'leads').replace(/\{\w+\}/g, '1');
    for (const method of Object.keys(methods)) {
      const { status } = await world.call(
        undefined,
        method.toUpperCase(),
        address,
        method === 'get' || method === 'delete' ? undefined : {},
      );
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  }
});

describe('a read-only user changes nothing, whatever rights the user was given', () => {
  for (const one of table.filter((each) => each.method !== 'GET' && (each.client ?? each.right ?? each.administrator) !== undefined)) {
    test(title(one), async () => {
      const { status, sent } = await ask(cast.reader, one);
      // An export is no change of anything.
      if (one.path === '/api/exports') expect(status).toBeLessThan(300);
      else expect({ status, sent }).toEqual({ status: 403, sent: 0 });
    });
  }
});

describe('a client out of sight is not there (404), nothing is told and nothing is done', () => {
  for (const one of table.filter(({ client }) => client !== undefined)) {
    for (const who of ['none', 'own', 'group', 'alone']) {
      test(`${title(one)} · sees ${who}`, async () => {
        const { status, sent, text } = await ask(cast.blind[who]!, one);
        expect({ status, sent }).toEqual({ status: one.hidden ?? 404, sent: 0 });
        for (const word of words) expect(text).not.toContain(word);
      });
    }
    test(`${title(one)} · another account`, async () => {
      const { status, sent, text } = await ask(cast.eve, one);
      expect({ status, sent }).toEqual({ status: one.hidden ?? 404, sent: 0 });
      for (const word of words) expect(text).not.toContain(word);
    });
  }
});

describe('who sees without the right to change reads, and is refused any change (403)', () => {
  for (const one of table.filter(({ client }) => client !== undefined)) {
    test(title(one), async () => {
      const { status, sent } = await ask(cast.watcher, one);
      if (one.client === 'read') expect(status).toBeLessThan(300);
      else expect({ status, sent }).toEqual({ status: 403, sent: 0 });
    });
  }
});

describe('without a right its routes are refused (403), whatever else one may', () => {
  for (const one of table.filter(({ right }) => right !== undefined)) {
    test(title(one), async () => {
      expect(await ask(cast.lacking[one.right!], one)).toMatchObject({ status: 403, sent: 0 });
    });
  }
});

describe('what is an administrator’s is nobody else’s, with all rights there are', () => {
  for (const one of table.filter(({ administrator }) => administrator === true)) {
    test(title(one), async () => {
      expect((await ask(cast.colleague, one)).status).toBe(403);
      expect((await ask(cast.lacking.merge, one)).status).toBe(403);
    });
  }
});

const passes = ({ status, text }: { status: number; text: string }) => {
  expect({ refused: [401, 403, 404].includes(status) || status >= 500, text: status < 400 ? '' : text }).toMatchObject({ refused: false });
};

describe('the right alone is enough', () => {
  for (const one of table.filter(({ administrator, author }) => administrator !== true && author !== true)) {
    test(title(one), async () =>
      passes(await ask(one.also !== undefined ? cast.both : one.right === undefined ? cast.bare : cast.holding[one.right], one)),
    );
  }
});

describe('sight by group and by taking part', () => {
  for (const one of table.filter(({ client, method, path }) => client === 'read' || (method === 'PATCH' && path.includes('contactId')))) {
    test(title(one), async () => {
      passes(await ask(cast.colleague, one));
      passes(await ask(cast.participant, one));
      passes(await ask(cast.chief, one));
    });
  }
});
