import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/fuzz/runs.ts';
import { abilitiesOf, CHANNEL_TYPES } from './abilities.ts';
import type { Attachment, AttachmentKind, Button, ChannelAbilities, MessageContent, PartPlan } from './model.ts';
import { planParts } from './plan.ts';

const KINDS: AttachmentKind[] = ['picture', 'video', 'audio', 'voice', 'file', 'sticker'];
const arbitraryAttachment: fc.Arbitrary<Attachment> = fc.record({
  kind: fc.constantFrom(...KINDS),
  fileId: fc.uuid(),
  name: fc.constantFrom('a.jpg', 'отчёт.pdf', 'clip.mov'),
  mime: fc.constantFrom('image/jpeg', 'image/png', 'video/mp4', 'audio/ogg', 'application/pdf', 'application/octet-stream'),
  sizeBytes: fc.oneof(fc.constant(undefined), fc.nat(60_000_000)),
  url: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.webUrl() }),
  widthPx: fc.integer({ min: 1, max: 12_000 }),
  heightPx: fc.integer({ min: 1, max: 12_000 }),
});
const arbitraryButton: fc.Arbitrary<Button> = fc.oneof(
  fc.record({ type: fc.constant('reply' as const), label: fc.string({ unit: 'grapheme', maxLength: 60 }), key: fc.uuid() }),
  fc.record({ type: fc.constant('url' as const), label: fc.string({ unit: 'grapheme', maxLength: 60 }), url: fc.webUrl() }),
);
const arbitraryContent: fc.Arbitrary<MessageContent> = fc.record({
  text: fc.oneof(
    fc.constant(''),
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc
      .array(fc.oneof(fc.lorem({ maxCount: 30 }), fc.webUrl(), fc.constantFrom('\n\n', '👩🏽‍🚀', '文'.repeat(300))), {
        maxLength: 60,
        size: 'max',
      })
      .map((words) => words.join(' ')),
  ),
  attachments: fc.array(arbitraryAttachment, { maxLength: 30, size: 'max' }),
  buttons: fc.oneof(
    fc.constant<Button[]>([]),
    fc.array(arbitraryButton, { maxLength: 4 }),
    fc.array(arbitraryButton, { maxLength: 120, size: 'max' }),
  ),
});

test.each(CHANNEL_TYPES)('%s: any message is planned within every limit, whole, in order, with its buttons once and last', (type) => {
  const abilities = abilitiesOf(type);
  fc.assert(
    fc.property(arbitraryContent, (content) => {
      const parts = planParts(content, abilities, { promptText: 'Choose' });
      expect(planParts(content, abilities, { promptText: 'Choose' })).toEqual(parts);
      expect(parts.map((part) => part.index)).toEqual(parts.map((_, index) => index));
      for (const part of parts) expectWithinLimits(part, abilities);
      expectWhole(content, parts, abilities);
    }),
    { numRuns: runs(80) },
  );
});

function expectWithinLimits(part: PartPlan, abilities: ChannelAbilities): void {
  const { text, attachments, buttons } = part;
  const hasMedia = attachments.length > 0;
  expect(text.trim() !== '' || hasMedia).toBe(true);
  expect(text.length).toBeLessThanOrEqual(hasMedia ? abilities.captionLimit : abilities.textLimit);
  if (hasMedia && text !== '') {
    for (const { kind } of attachments) expect(abilities.captionKinds ?? KINDS.filter((one) => one !== 'sticker')).toContain(kind);
  }
  if (attachments.length > 1) {
    const album = abilities.albums.find((one) => one.kinds.includes(attachments[0]!.kind))!;
    expect(attachments.length).toBeLessThanOrEqual(album.most);
    for (const { kind } of attachments) expect(album.kinds).toContain(kind);
  }
  if (buttons.length === 0) return;
  expect(text.length).toBeLessThanOrEqual(abilities.textWithButtonsLimit ?? abilities.textLimit);
  if (abilities.buttonsNeedText || !hasMedia) expect(text).not.toBe('');
  if (hasMedia) {
    expect(attachments.length > 1 ? abilities.buttonsWithAlbum : abilities.buttonsWithOne).toBe(true);
    expect(buttons.length).toBeLessThanOrEqual(abilities.buttonsBesideMediaMost ?? Number.POSITIVE_INFINITY);
    for (const { kind } of attachments) expect(abilities.buttonKinds ?? KINDS).toContain(kind);
  }
  expect(buttons.length).toBeLessThanOrEqual(abilities.buttons.most);
  for (const button of buttons) {
    expect(button.label).not.toBe('');
    const { list, labelLimit, urls, urlAlone } = abilities.buttons;
    expect(button.label.length).toBeLessThanOrEqual(list !== undefined && buttons.length > list.over ? list.labelLimit : labelLimit);
    expect(button.type === 'reply' || urls || (urlAlone === true && buttons.length === 1)).toBe(true);
  }
  if (abilities.buttons.uniqueLabels) expect(new Set(buttons.map((button) => button.label)).size).toBe(buttons.length);
}

function expectWhole(content: MessageContent, parts: PartPlan[], abilities: ChannelAbilities): void {
  const words = (text: string) => text.replace(/\s+/g, '');
  const sentText = words(parts.map((part) => part.text).join(''));
  expect(sentText).toContain(words(content.text));

  // Each file once: as an attachment, or as a link in the text when it is over the limit.
  const sent = parts.flatMap((part) => part.attachments);
  const linked = content.attachments.filter((attachment) => !sent.some(({ fileId }) => fileId === attachment.fileId));
  expect(sent).toHaveLength(content.attachments.length - linked.length);
  for (const attachment of linked) {
    expect(attachment.sizeBytes).toBeGreaterThan(abilities.fileBytesLimit.file);
    expect(sentText).toContain(words(attachment.url!));
  }
  // In the author's order within what may share a call.
  for (const album of abilities.albums) {
    const ids = sent.filter(({ kind }) => album.kinds.includes(kind)).map(({ fileId }) => fileId);
    expect(ids).toEqual(content.attachments.map(({ fileId }) => fileId).filter((id) => ids.includes(id)));
  }

  // Each button once: carried by the last part, or a line of the text.
  expect(parts.slice(0, -1).flatMap((part) => part.buttons)).toEqual([]);
  const carried = parts.at(-1)?.buttons ?? [];
  const replyKeys = carried.flatMap((button) => (button.type === 'reply' ? [button.key] : []));
  const replies = content.buttons.filter((button) => button.type === 'reply');
  if (replyKeys.length > 0) expect(replyKeys).toEqual(replies.map(({ key }) => key));
  else for (const [index, { label }] of replies.entries()) expect(sentText).toContain(words(`${index + 1}. ${label}`));
  for (const button of content.buttons) {
    if (button.type !== 'url') continue;
    const isCarried = carried.some((one) => one.type === 'url' && one.url === button.url);
    if (!isCarried) expect(sentText).toContain(words(button.url));
  }
}
