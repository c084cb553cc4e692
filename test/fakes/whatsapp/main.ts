/**
 * The local WhatsApp as a process of its own, for tests that kill everything else:
 *   node --import tsx test/fakes/whatsapp/main.ts --port 0 [--time-scale 0.1] [--until-stdin-ends]
 * Prints one JSON line with `url`, `apiRoot` and the first number's ids and secrets when it listens; ends on SIGTERM. With `--until-stdin-ends` it also ends
 * when the pipe at its standard input closes, so that a killed parent leaves nothing behind.
 */
import { runAsProcess } from '../base/process.ts';
import { startFakeWhatsApp } from './server.ts';

await runAsProcess(startFakeWhatsApp, (fake) => fake.info());
