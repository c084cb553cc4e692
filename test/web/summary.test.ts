import { expect, test } from 'vitest';
import type { AttachmentKind } from '../../domain/message/model.ts';
import { en } from '../../web/i18n/en.ts';
import { ru } from '../../web/i18n/ru.ts';
import { kindIn } from '../../web/ui/summary.ts';

const attachments: Record<AttachmentKind, true> = { picture: true, video: true, audio: true, voice: true, file: true, sticker: true };

test('lists have words for every message without text, and leave a text in brackets as it is', () => {
  for (const kind of [...Object.keys(attachments), 'location', 'contact', 'unsupported']) {
    const found = kindIn(`[${kind}]`);
    expect(found).toBe(kind);
    for (const words of [ru, en]) expect(words[`message.kind.${found!}`]).toMatch(/\S/);
  }
  expect([kindIn('[sic]'), kindIn('see [picture]'), kindIn('')]).toEqual([undefined, undefined, undefined]);
});
