import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeLinks } from '../../embedded/postgres-binaries.ts';

test.each(['native', 'postgres-18.4.0'])('libraries get the links that npm does not keep, in a folder named %s', (name) => {
  const native = join(mkdtempSync(join(tmpdir(), 'beseda-links-')), name);
  mkdirSync(join(native, 'lib'), { recursive: true });
  writeFileSync(join(native, 'lib', 'libpq.so.5.18'), 'library');
  writeFileSync(
    join(native, 'pg-symlinks.json'),
    JSON.stringify([{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]),
  );
  expect(makeLinks(native)).toBe(true);
  expect(readFileSync(join(native, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  expect(makeLinks(native)).toBe(true); // nothing left to do
});
