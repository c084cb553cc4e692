/**
 * The local MAX as a process of its own, for tests that kill everything else:
 *   node --import tsx test/fakes/max/main.ts --port 0 [--token x] [--time-scale 0.1] [--until-stdin-ends]
 * Prints one JSON line `{"url":…,"token":…}` when it listens; ends on SIGTERM. With `--until-stdin-ends` it also ends when the pipe at its
 * standard input closes, so that a killed parent leaves nothing behind.
 */
import { parseArgs } from 'node:util';
import { startFakeMax } from './server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    token: { type: 'string' },
    'time-scale': { type: 'string', default: '1' },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

const fake = await startFakeMax({
  port: Number(values.port),
  timeScale: Number(values['time-scale']),
  ...(values.token === undefined ? {} : { token: values.token }),
});
process.stdout.write(`${JSON.stringify({ url: fake.url, token: fake.token })}\n`);

const end = () => void fake.stop().then(() => process.exit(0));
process.once('SIGTERM', end);
process.once('SIGINT', end);
if (values['until-stdin-ends']) process.stdin.once('end', end).resume();
