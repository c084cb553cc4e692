import type { Person, World } from './world.ts';

/** What an open stream of this person tells of changed quick replies. */
export async function hearReplies(world: World, who: Person) {
  const reader = (await world.call(who, 'GET', '/api/stream')).body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    /** Reads on until it holds; answers whose replies have been told of so far. Changes that come together are told together. */
    async until(holds: (told: string[], text: string) => boolean) {
      for (;;) {
        const told = [...text.matchAll(/"kind":"quickReply","ids":(\[.*?\])/g)].flatMap(([, ids]) =>
          (JSON.parse(ids!) as unknown[]).map(String),
        );
        if (holds(told, text)) return told;
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
    },
    /** What was told so far counts no more. */
    forget() {
      text = '';
    },
    close: () => reader.cancel(),
  };
}
