/** What goes out: texts as they are, files with all their bytes, albums in order, buttons whose presses come back. */
import { expect, test } from 'vitest';
import type { AttachmentKind } from '../../../domain/message/model.ts';
import type { Bench } from './bench.ts';
import { attachmentOf, digest, ENDINGS, MIMES, storedFile } from './files.ts';

/** Keys of buttons as the program makes them: some messengers can tell a press by this form only. */
const KEYS = ['k3y-A_1', 'k3y-A_2', 'go'].map((name, index) => `${name.padEnd(22, '0')}.${index}`) as [string, string, string];

/** `outbound`: kinds the channel can send. */
export function testSending(bench: Bench, outbound: AttachmentKind[]): void {
  const { messageOf, newChat, send, channel } = bench;

  test('a text goes out as it is, with no character read as formatting', async () => {
    const chat = await newChat();
    const text = '*звёзды* _and_ <b>tags</b> & [links](x) `code` 👩‍👩‍👧';
    const { receipts } = await send(chat, { text });
    expect(receipts.map((receipt) => receipt.externalIds.length)).toEqual([1]);
    expect((await bench.messenger.sent(chat)).map((message) => message.text)).toEqual([text]);
  });

  test('a long text arrives whole and in order', async () => {
    const chat = await newChat();
    const text = Array.from({ length: 1_500 }, (_, index) => `слово${index}`).join(' ');
    await send(chat, { text });
    const sent = await bench.messenger.sent(chat);
    expect(
      sent
        .map((message) => message.text)
        .join(' ')
        .split(/\s+/),
    ).toEqual(text.split(' '));
  });

  for (const kind of outbound) {
    test(`a ${kind} with a text goes out with all its bytes`, async () => {
      const chat = await newChat();
      const file = storedFile(`тест; "${kind}" 1.${ENDINGS[kind]}`, MIMES[kind]);
      await send(chat, { text: 'with a text', attachments: [attachmentOf(kind, file)] }, [file]);
      const sent = await bench.messenger.sent(chat);
      expect(sent.flatMap((message) => message.files)).toEqual([{ kind: expect.any(String), sha256: digest(file.content) }]);
      expect(sent.map((message) => message.text).filter((text) => text !== '')).toEqual(['with a text']);
    });
  }

  for (const count of [2, 11, 25]) {
    test(`${count} pictures and a text go out, each once, in order`, async () => {
      const chat = await newChat();
      const files = Array.from({ length: count }, (_, index) => storedFile(`${index}.png`, 'image/png', `${index}`));
      const { receipts } = await send(
        chat,
        { text: 'all of them', attachments: files.map((file) => attachmentOf('picture', file)) },
        files,
      );
      const sent = await bench.messenger.sent(chat);
      expect(sent.flatMap((message) => message.files).map((file) => file.sha256)).toEqual(files.map((file) => digest(file.content)));
      expect(sent.map((message) => message.text).filter((text) => text !== '')).toEqual(['all of them']);
      expect(receipts.flatMap((receipt) => receipt.externalIds)).toHaveLength(sent.length);
    });
  }

  test('pressing a button brings its key back, and the press is answered', async () => {
    const chat = await newChat();
    await send(chat, {
      text: 'Choose',
      buttons: [
        { type: 'reply', label: 'Yes', key: KEYS[0] },
        { type: 'reply', label: 'No', key: KEYS[1] },
        { type: 'url', label: 'Site', url: 'https://example.org/a?b=c' },
      ],
    });
    const last = (await bench.messenger.sent(chat)).at(-1);
    // Where links cannot stand beside answers, they stand in the text.
    const { urls } = channel.abilities.buttons;
    expect(last?.buttons).toEqual(urls ? ['Yes', 'No', 'Site'] : ['Yes', 'No']);
    expect(last?.text.includes('https://example.org/a?b=c')).toBe(!urls);
    let pressed: { answered(): Promise<boolean> } | undefined;
    const fact = await messageOf(async () => {
      pressed = await bench.messenger.clientPresses(chat, 'No');
    });
    expect(fact.chat.externalChatId).toBe(chat);
    expect(fact.message.pressedKey).toBe(KEYS[1]);
    // Delivered twice it is one press.
    expect((await messageOf(() => bench.messenger.repeatLast())).id).toBe(fact.id);
    if (fact.message.pressToken === undefined) return;
    await channel.answerPress!(bench.connected, fact.message.pressToken);
    await expect(pressed?.answered()).resolves.toBe(true);
    // Too late or repeated: no matter.
    await channel.answerPress!(bench.connected, 'no-such-press');
  });

  test('pictures and buttons: the buttons stand once, after everything else', async () => {
    const chat = await newChat();
    const files = [storedFile('a.png', 'image/png', 'a'), storedFile('b.png', 'image/png', 'b')];
    const buttons = [{ type: 'reply' as const, label: 'Go', key: KEYS[2] }];
    await send(chat, { text: 'Two', attachments: files.map((file) => attachmentOf('picture', file)), buttons }, files);
    const sent = await bench.messenger.sent(chat);
    expect(sent.flatMap((message) => message.buttons)).toEqual(['Go']);
    expect(sent.at(-1)?.buttons).toEqual(['Go']);
  });
}
