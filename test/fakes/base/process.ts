/** A local service as a process of its own, for tests that kill everything else. */
import { parseArgs } from 'node:util';

/**
 * Starts it with `--port 0 [--token x] [--time-scale 0.1] [--until-stdin-ends]` and prints one JSON line of what `about` tells when it
 * listens; ends on SIGTERM. With `--until-stdin-ends` it also ends when the pipe at its standard input closes, so that a killed parent
 * leaves nothing behind.
 */
export async function runAsProcess<Fake extends { stop(): Promise<void> }>(
  start: (options: { port: number; timeScale: number; token?: string }) => Promise<Fake>,
  about: (fake: Fake) => object | Promise<object>,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      token: { type: 'string' },
      'time-scale': { type: 'string', default: '1' },
      'until-stdin-ends': { type: 'boolean', default: false },
    },
  });
  const fake = await start({
    port: Number(values.port),
    timeScale: Number(values['time-scale']),
    ...(values.token === undefined ? {} : { token: values.token }),
  });
  process.stdout.write(`${JSON.stringify(await about(fake))}\n`);

  const end = () => void fake.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  if (values['until-stdin-ends']) process.stdin.once('end', end).resume();
}
