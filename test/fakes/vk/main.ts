/**
 * The local VK as a process of its own, for tests that kill everything else:
 *   node --import tsx test/fakes/vk/main.ts --port 0 [--token x] [--time-scale 0.1] [--until-stdin-ends]
 * Prints one JSON line `{"url":…,"token":…,"groupId":…}` when it listens; ends on SIGTERM. With `--until-stdin-ends` it also ends when the pipe at its
 * standard input closes, so that a killed parent leaves nothing behind.
 */
import { runAsProcess } from '../base/process.ts';
import { startFakeVk } from './server.ts';

await runAsProcess(startFakeVk, (fake) => ({ url: fake.url, token: fake.token, groupId: fake.groupId }));
