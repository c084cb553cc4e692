import { expect } from 'vitest';
import type { Person, World } from './world.ts';

/** A person's event stream. */
export interface Stream {
  /** What was read of it; what no longer counts may be taken away. */
  text: string;
  /** Reads on until it has told this. Throws when it ends before, instead of reading its end for ever. */
  until(part: string): Promise<void>;
  /** Reads to its end. */
  ended(): Promise<void>;
  close(): Promise<void>;
}

export async function openStream(world: World, person: Person): Promise<Stream> {
  const answer = await world.call(person, 'GET', '/api/stream');
  expect(answer.status).toBe(200);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const stream: Stream = {
    text: '',
    async until(part) {
      while (!stream.text.includes(part)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended without ${part}: ${stream.text}`);
        stream.text += value;
      }
    },
    async ended() {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        stream.text += value;
      }
    },
    close: () => reader.cancel(),
  };
  return stream;
}
