import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { FLOOR_QUEUE, type FloorNews } from './floor-worker.ts';

export interface FloorOptions {
  callers: number;
  workflows: number;
  /** Of each workflow. */
  messages: number;
}

export interface Floor {
  /** Process id of its worker. */
  pid: number;
  /** Messages a second, from the first signal until the last was handled. */
  run(options: FloorOptions): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the floor's worker. */
export async function startFloor(client: Client, address: string): Promise<Floor> {
  const child = fork(fileURLToPath(new URL('./floor-worker.ts', import.meta.url)), [address], { execArgv: ['--import', 'tsx'] });
  await news(child, 'ready');
  let total = 0;
  return {
    pid: child.pid ?? 0,
    async run({ callers, workflows, messages }) {
      const round = randomUUID();
      const calls = Array.from({ length: workflows * messages }, (_, index) => index % workflows);
      total += calls.length;
      const reached = news(child, 'reached');
      child.send({ wanted: total });
      const begin = performance.now();
      const caller = async () => {
        for (let index = calls.pop(); index !== undefined; index = calls.pop()) {
          await client.workflow.signalWithStart('floorWorkflow', {
            workflowId: `bench-floor:${round}:${index}`,
            taskQueue: FLOOR_QUEUE,
            args: [{ messages }],
            signal: 'floor',
            signalArgs: [],
          });
        }
      };
      await Promise.all(Array.from({ length: callers }, caller));
      await reached;
      return (workflows * messages) / ((performance.now() - begin) / 1000);
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}

function news(child: ChildProcess, type: FloorNews['type']): Promise<void> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: FloorNews) => {
      if (message.type !== type) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve();
    };
    const onExit = () => reject(new Error('the floor ended'));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });
}
