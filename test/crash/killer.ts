import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from '../system/processes.ts';
import type { Random } from './random.ts';

export interface Kill {
  name: string;
  /** Seconds since the killer began. */
  afterSeconds: number;
  downMs: number;
}

export interface KillerOptions {
  kills: number;
  /** Between the return of one part and the next kill. */
  pauseMs: [number, number];
  downMs: [number, number];
}

/**
 * Kills parts at random points and starts them again, one at a time. Every part is killed before one is killed twice, so that a short run
 * meets all of them. Returns what it did, in order.
 */
export async function killAtRandom(parts: Part[], options: KillerOptions, random: Random, say: (line: string) => void): Promise<Kill[]> {
  const begin = Date.now();
  const done: Kill[] = [];
  let bag: Part[] = [];
  while (done.length < options.kills) {
    await delay(random.between(...options.pauseMs));
    if (bag.length === 0) bag = [...parts];
    const [part] = bag.splice(random.between(0, bag.length - 1), 1);
    if (part === undefined) throw new Error('nothing to kill');
    const kill = { name: part.name, afterSeconds: (Date.now() - begin) / 1000, downMs: random.between(...options.downMs) };
    say(`kill -9 ${kill.name} at ${kill.afterSeconds.toFixed(1)} s, back after ${kill.downMs} ms`);
    await part.kill9();
    await delay(kill.downMs);
    await part.restart();
    done.push(kill);
  }
  return done;
}
