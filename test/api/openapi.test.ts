import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from './world.ts';

interface Operation {
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { description?: string; content?: unknown }>;
  summary?: string;
}
let world: World;
let document: { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, unknown> } };
beforeAll(async () => {
  world = await startWorld();
  document = (await (await world.call(undefined, 'GET', '/openapi.json')).json()) as typeof document;
});
afterAll(() => world.stop());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

test('every operation says what it is for and what it answers, and names the parameters of its path', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(operations().length).toBeGreaterThan(55);
  for (const { path, method, operation } of operations()) {
    const where = `${method} ${path}`;
    expect({ where, summary: operation.summary }).toEqual({ where, summary: expect.stringMatching(/./) });
    const named = (operation.parameters ?? []).filter((one) => one.in === 'path').map((one) => one.name);
    expect({ where, named }).toEqual({ where, named: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]) });
    expect({ where, good: Object.keys(operation.responses).some((status) => status.startsWith('2')) }).toEqual({ where, good: true });
    for (const answer of Object.values(operation.responses)) expect(answer.description).toBeTypeOf('string');
  }
});

test('every reference leads to a schema, and no schema is left without a shape', () => {
  const references = new Set(
    [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1]!),
  );
  expect(references.size).toBeGreaterThan(30);
  for (const name of references) expect(document.components.schemas).toHaveProperty([name]);
  for (const [name, schema] of Object.entries(document.components.schemas))
    expect({ name, keys: Object.keys(schema as object) }).not.toEqual({ name, keys: [] });
});
