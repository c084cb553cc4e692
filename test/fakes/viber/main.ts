/**
 * The local Viber as a process of its own, for tests that kill everything else:
 *   node --import tsx test/fakes/viber/main.ts --port 0 [--token x] [--time-scale 0.1] [--until-stdin-ends]
 * Prints one JSON line `{"url":…,"apiRoot":…,"token":…}` when it listens; ends on SIGTERM. With `--until-stdin-ends` it also ends when the pipe at its
 * standard input closes, so that a killed parent leaves nothing behind.
 */
import { runAsProcess } from '../base/process.ts';
import { startFakeViber } from './server.ts';

await runAsProcess(startFakeViber, (fake) => ({ url: fake.url, apiRoot: fake.apiRoot, token: fake.token }));
