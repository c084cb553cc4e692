import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockFolder, runningSystem } from '../../embedded/lock.ts';
import { requireFree } from '../../embedded/servers.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'beseda-lock-'));

test('a second start on the same folder is refused and told by whom', () => {
  const data = folder();
  const lock = lockFolder(data);
  lock.publish({ url: 'http://localhost:3000' });
  expect(() => lockFolder(data)).toThrow(`already runs on ${data} (process ${process.pid}, http://localhost:3000)`);
  expect(runningSystem(data)?.url).toBe('http://localhost:3000');
  lock.release();
  lockFolder(data).release();
});

test('a lock whose process is gone, or whose process id belongs to somebody else by now, is taken over', () => {
  const data = folder();
  for (const stale of ['{"pid":999999999,"mark":"1"}', JSON.stringify({ pid: process.pid, mark: 'earlier' }), 'half writ']) {
    writeFileSync(join(data, 'running.json'), stale);
    const lock = lockFolder(data);
    expect(JSON.parse(readFileSync(join(data, 'running.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  }
});

test('a folder that cannot be written is one sentence with the remedy', () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  expect(() => lockFolder(join(file, 'data'))).toThrow(
    /^The data folder .* cannot be written \(.*\): name another one in BESEDA_DATA or correct its rights\.$/,
  );
});

test('a port in use is one sentence that names the variable', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  await expect(requireFree(port, 'PORT', 'pages and API')).rejects.toThrow(
    `Port ${port} for pages and API is in use: stop the program that listens there, or set PORT to another port.`,
  );
  other.close();
  await requireFree(undefined, 'PORT', 'pages and API');
});
