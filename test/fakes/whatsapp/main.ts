/**
 * The local WhatsApp as a process of its own, for tests that kill everything else:
 *   node --import tsx test/fakes/whatsapp/main.ts --port 0 [--time-scale 0.1] [--until-stdin-ends]
 * Prints one JSON line with `url`, `apiRoot` and the first number's ids and secrets when it listens; ends on SIGTERM. With `--until-stdin-ends` it also ends
 * when the pipe at its standard input closes, so that a killed parent leaves nothing behind.
 */
import { parseArgs } from 'node:util';
import { startFakeWhatsApp } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'time-scale': { type: 'string', default: '1' },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

const fake = await startFakeWhatsApp({ port: Number(values.port), timeScale: Number(values['time-scale']) });
process.stdout.write(`${JSON.stringify(await fake.info())}\n`);

const end = () => void fake.stop().then(() => process.exit(0));
process.once('SIGTERM', end);
process.once('SIGINT', end);
if (values['until-stdin-ends']) process.stdin.once('end', end).resume();
