/**
 * The local Telegram as a process of its own, for tests that kill everything else:
 *   node --import tsx test/fakes/telegram/main.ts --port 0 [--token 1:x] [--time-scale 0.1] [--until-stdin-ends]
 * Prints one JSON line `{"url":…,"token":…}` when it listens; ends on SIGTERM. With `--until-stdin-ends` it also ends when the pipe at its standard
 * input closes, so that a killed parent leaves nothing behind.
 */
import { runAsProcess } from '../base/process.ts';
import { startFakeTelegram } from './server.ts';

await runAsProcess(startFakeTelegram, (fake) => ({ url: fake.url, token: fake.token }));
