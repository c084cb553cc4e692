import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DriverAnswer, DriverOrder } from './driver.ts';

export interface Driver {
  url: string;
  token: string;
  /** Sends one order and answers what came of it; rejects with the driver's words. */
  order<Type extends DriverAnswer['type']>(order: DriverOrder, answer: Type): Promise<Extract<DriverAnswer, { type: Type }>>;
  stop(): Promise<void>;
}

/** Starts the process of clients and messenger. */
export async function startDriver(): Promise<Driver> {
  const child = fork(fileURLToPath(new URL('./driver.ts', import.meta.url)), [], { execArgv: ['--import', 'tsx'] });
  const { url, token } = await answered(child, 'listening');
  return {
    url,
    token,
    order(order, type) {
      const answer = answered(child, type);
      child.send(order);
      return answer;
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}

function answered<Type extends DriverAnswer['type']>(child: ChildProcess, type: Type): Promise<Extract<DriverAnswer, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the driver ended'));
    child.once('exit', onExit);
    child.once('message', (answer: DriverAnswer) => {
      child.off('exit', onExit);
      if (answer.type === type) resolve(answer as Extract<DriverAnswer, { type: Type }>);
      else reject(new Error(answer.type === 'failed' ? answer.words : `the driver answered ${answer.type}, not ${type}`));
    });
  });
}
