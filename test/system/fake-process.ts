import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { remoteFakeTelegram } from '../fakes/telegram/index.ts';
import type { FakeTelegramControl } from '../fakes/telegram/types.ts';
import { ROOT } from './processes.ts';

export interface FakeProcess {
  url: string;
  token: string;
  pid: number;
  control: FakeTelegramControl;
  stop(): Promise<void>;
}

/** The local Telegram in its own process: it outlives every kill and ends when the harness does, however that happens. */
export async function startFakeProcess(options: { timeScale: number }): Promise<FakeProcess> {
  const script = join(ROOT, 'test/fakes/telegram/main.ts');
  const args = ['--import', 'tsx', script, '--port', '0', '--time-scale', String(options.timeScale), '--until-stdin-ends'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    gone.then(() => Promise.reject(new Error('the local Telegram ended at its start'))),
  ])) as [string];
  const { url, token } = JSON.parse(line) as { url: string; token: string };
  return {
    url,
    token,
    pid: child.pid ?? 0,
    control: remoteFakeTelegram(url),
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}
