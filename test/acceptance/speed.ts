import { describe, expect, test } from 'vitest';
import { ask, choose, goto, Line } from './line.ts';
import type { World } from './world.ts';

/** What nobody should wait for; far above what is measured, so that a loaded machine passes and a poll or a lost wake-up does not. */
const MOST_MS = 1500;

export function speedTests(world: () => World): void {
  // Last, and alone: in an idle system.
  describe.sequential('speed of an idle system', () => {
    test('a bot answers in tens of milliseconds, and orders do', async () => {
      const line = await Line.connect(world());
      await line.bot(
        { 0: { question: [ask('Question', ['Yes'])], answer: choose({ Yes: [goto(0)], else: [goto(0)] }) } },
        { on: 'conversation_started', settings: { joinSeconds: 0 } },
      );
      const taken: Record<string, number[]> = {};
      const measure = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
        const began = performance.now();
        const value = await work();
        taken[what] = [...(taken[what] ?? []), performance.now() - began];
        return value;
      };
      for (let round = 0; round < 5; round += 1) {
        const client = line.client();
        await measure('first message, bot started', async () => {
          await client.write('Hello');
          await client.got(1);
        });
        for (let press = 0; press < 3; press += 1) {
          await measure('press', async () => {
            await client.press('Yes');
            await client.got(2 + press);
          });
        }
        const talk = await client.talk();
        await measure('reply of a person', async () => {
          await line.must('POST', `/api/conversations/${talk.number}/messages`, { text: 'Hello' });
          await client.got(5);
        });
        await measure('no reply needed', () => line.must('POST', `/api/conversations/${talk.number}/no-reply-needed`));
        await measure('close', () => line.must('POST', `/api/conversations/${talk.number}/close`, {}));
        await measure('reopened, bot started', async () => {
          await client.write('Again');
          await client.got(6);
        });
        const [run] = await client.runs((runs) => runs[0]?.status === 'running');
        await measure('stop', () => line.must('POST', `/api/runs/${run!.id}/stop`));
        await measure('list of conversations', () => line.must('GET', '/api/conversations'));
        await measure('card', () => line.must('GET', `/api/leads/${talk.entity!.id}`));
        await measure('thread', () => line.must('GET', `/api/leads/${talk.entity!.id}/thread`));
        await measure('talks of v4', () => line.must('GET', '/api/v4/talks'));
        await measure('events of v4', () => line.must('GET', '/api/v4/events'));
      }
      const medians = Object.entries(taken).map(
        ([what, times]) => [what, [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!] as const,
      );
      process.stdout.write(`acceptance, medians: ${medians.map(([what, ms]) => `${what} ${Math.round(ms)} ms`).join(' · ')}\n`);
      for (const [what, ms] of medians) expect({ what, slow: ms > MOST_MS }).toEqual({ what, slow: false });
    });
  });
}
