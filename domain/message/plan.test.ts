import { describe, expect, test } from 'vitest';
import { abilitiesOf, CHANNEL_TYPES } from './abilities.ts';
import { attachmentProblems, balanced } from './attachments.ts';
import { buttonByNumber } from './buttons.ts';
import type { Attachment, AttachmentKind, Button, MessageContent } from './model.ts';
import { planParts } from './plan.ts';

const MIMES: Record<AttachmentKind, string> = {
  picture: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/mpeg',
  voice: 'audio/ogg',
  file: 'application/pdf',
  sticker: 'image/webp',
};
const media = (kind: AttachmentKind, count = 1): Attachment[] =>
  Array.from({ length: count }, (_, index) => ({ kind, fileId: `${kind}${index}`, name: `${kind}${index}`, mime: MIMES[kind] }));
const two: Button[] = [
  { type: 'reply', label: 'Yes', key: 'k1' },
  { type: 'reply', label: 'No', key: 'k2' },
];
const link: Button = { type: 'url', label: 'Site', url: 'https://example.org/' };
const many = (count: number): Button[] =>
  Array.from({ length: count }, (_, index) => ({ type: 'reply', label: `Answer ${index + 1}`, key: `k${index}` }));

/** A plan as text: `p` picture, `v` video, `f` file…, `T` text (with its length when not 3), `B` buttons. */
function shape(channel: string, content: Partial<MessageContent>, promptText?: string): string {
  const letters: Record<AttachmentKind, string> = { picture: 'p', video: 'v', audio: 'a', voice: 'w', file: 'f', sticker: 's' };
  return planParts({ text: '', attachments: [], buttons: [], ...content }, abilitiesOf(channel), { promptText })
    .map(
      (part) =>
        part.attachments.map(({ kind }) => letters[kind]).join('') +
        (part.text === '' ? '' : `T${part.text === 'abc' ? '' : part.text.length}`) +
        (part.buttons.length > 0 ? `B${part.buttons.length}` : ''),
    )
    .join(' ');
}
const abc = 'abc';
const long = (length: number) => 'x'.repeat(length);
const pictures = (count: number) => ({ attachments: media('picture', count) });

describe('the table of messengers', () => {
  const CHANNELS = ['telegram', 'vk', 'viber', 'max', 'whatsapp', 'webchat'] as const;
  test.each<[string, Partial<MessageContent>, string[]]>([
    //                                                                telegram   vk       viber    max      whatsapp  webchat
    ['text', { text: abc }, ['T', 'T', 'T', 'T', 'T', 'T']],
    ['text + buttons', { text: abc, buttons: two }, ['TB2', 'TB2', 'TB2', 'TB2', 'TB2', 'TB2']],
    ['1 picture', pictures(1), ['p', 'p', 'p', 'p', 'p', 'p']],
    ['1 picture + text', { ...pictures(1), text: abc }, ['pT', 'pT', 'pT', 'pT', 'pT', 'pT']],
    [
      '1 picture + text over the caption',
      { ...pictures(1), text: long(2000) },
      ['p T2000', 'pT2000', 'T2000 p', 'pT2000', 'p T2000', 'pT2000'],
    ],
    ['1 picture + text + buttons', { ...pictures(1), text: abc, buttons: two }, ['pTB2', 'pTB2', 'pTB2', 'pTB2', 'pTB2', 'pTB2']],
    [
      '1 picture + text over the caption + buttons',
      { ...pictures(1), text: long(2000), buttons: two },
      ['p T2000B2', 'pT2000B2', 'T2000 pB2', 'pT2000B2', 'p T1024 T976B2', 'pT2000B2'],
    ],
    ['1 picture + buttons', { ...pictures(1), buttons: two }, ['pB2', 'pB2', 'pB2', 'pB2', 'pTB2', 'pB2']],
    [
      '11 pictures',
      pictures(11),
      ['pppppp ppppp', 'pppppp ppppp', 'p '.repeat(11).trim(), 'ppppppppppp', 'p '.repeat(11).trim(), 'ppppppppppp'],
    ],
    ['3 pictures + text', { ...pictures(3), text: abc }, ['pppT', 'pppT', 'pT p p', 'pppT', 'pT p p', 'pppT']],
    [
      '3 pictures + text over the caption',
      { ...pictures(3), text: long(2000) },
      ['ppp T2000', 'pppT2000', 'T2000 p p p', 'pppT2000', 'p p p T2000', 'pppT2000'],
    ],
    [
      '3 pictures + text + buttons',
      { ...pictures(3), text: abc, buttons: two },
      ['ppp TB2', 'pppTB2', 'p p p TB2', 'pppTB2', 'p p p TB2', 'pppTB2'],
    ],
    ['3 pictures + buttons', { ...pictures(3), buttons: two }, ['ppp TB2', 'pppB2', 'p p pB2', 'pppB2', 'p p p TB2', 'pppB2']],
    [
      '2 pictures and a video',
      { attachments: [...media('video'), ...media('picture', 2)] },
      ['vpp', 'vpp', 'v p p', 'vpp', 'v p p', 'vpp'],
    ],
    ['2 files', { attachments: media('file', 2) }, ['ff', 'ff', 'f f', 'f f', 'f f', 'ff']],
    [
      'a file before 2 pictures',
      { attachments: [...media('file'), ...media('picture', 2)] },
      ['pp f', 'fpp', 'p p f', 'pp f', 'p p f', 'fpp'],
    ],
    ['voice and audio', { attachments: [...media('voice'), ...media('audio', 2)] }, ['aa w', 'aa w', 'a a w', 'a a w', 'a a w', 'waa']],
    ['voice + text', { attachments: media('voice'), text: abc }, ['wT', 'wT', 'T w', 'wT', 'w T', 'wT']],
    ['a sticker + text', { attachments: media('sticker'), text: abc }, ['s T', 's T', 'T s', 's T', 's T', 'sT']],
    [
      'a file + text + buttons',
      { attachments: media('file'), text: abc, buttons: two },
      ['fTB2', 'fTB2', 'T fB2', 'f TB2', 'fTB2', 'fTB2'],
    ],
    [
      '12 pictures, a file, 900 characters, buttons',
      { attachments: [...media('picture', 12), ...media('file')], text: long(900), buttons: two },
      [
        'pppppp pppppp f T900B2',
        'pppppppT900 pppppfB2',
        `${'p '.repeat(12)}f T900B2`,
        'pppppp pppppp f T900B2',
        `${'p '.repeat(12)}f T900B2`,
        'ppppppppppppfT900B2',
      ],
    ],
    ['nothing', { text: ' \n ' }, ['', '', '', '', '', '']],
  ])('%s', (_name, content, expected) => {
    expect(CHANNELS.map((channel) => shape(channel, content, abc))).toEqual(expected);
  });

  test.each(CHANNEL_TYPES)('%s: a row of the matrix does not contradict itself', (type) => {
    const row = abilitiesOf(type);
    expect(row.type).toBe(type);
    expect(row.captionLimit).toBeLessThanOrEqual(row.textLimit);
    const kinds = row.albums.flatMap((album) => album.kinds);
    expect(new Set(kinds).size).toBe(kinds.length);
    for (const kind of Object.keys(MIMES) as AttachmentKind[])
      expect(row.fileBytesLimit[kind]).toBeLessThanOrEqual(row.fileBytesLimit.file);
  });

  test('an unknown messenger is named', () => {
    expect(() => abilitiesOf('constructor')).toThrow('No messenger of type "constructor"');
  });
});

describe('text', () => {
  test.each([
    ['telegram', 'T4096 T904'],
    ['vk', 'T4096 T904'],
    ['viber', 'T5000'],
    ['max', 'T4000 T1000'],
    ['whatsapp', 'T4096 T904'],
  ])('of 5000 characters in %s', (channel, expected) => {
    expect(shape(channel, { text: long(5000) })).toBe(expected);
  });

  test('that is too long for a call with media shares it with the nearest chunk where captions are as long as texts', () => {
    expect(shape('vk', { ...pictures(1), text: long(5000) })).toBe('pT4096 T904');
    expect(shape('vk', { ...pictures(11), text: long(5000), buttons: two })).toBe('pppppp pppppT4096 T904B2');
  });

  test('above buttons in WhatsApp is at most 1024 long; what is more goes ahead', () => {
    expect(shape('whatsapp', { text: long(1500), buttons: two })).toBe('T1024 T476B2');
  });
});

describe('buttons', () => {
  const plan = (channel: string, buttons: Button[], text = abc) => planParts({ text, attachments: [], buttons }, abilitiesOf(channel));

  test('over the limit of a list become numbered lines, and a typed number finds its answer', () => {
    const eleven = many(11);
    const [part, ...others] = plan('whatsapp', eleven);
    expect(others).toEqual([]);
    expect(part!.buttons).toEqual([]);
    expect(part!.text).toBe(`abc\n\n${eleven.map((button, index) => `${index + 1}. ${button.label}`).join('\n')}`);
    expect(buttonByNumber(' 11. ', eleven, abilitiesOf('whatsapp'))).toBe(eleven[10]);
    expect(buttonByNumber('12', eleven, abilitiesOf('whatsapp'))).toBeUndefined();
    expect(buttonByNumber('1', many(10), abilitiesOf('whatsapp'))).toBeUndefined();
  });

  test('with a link go into the text where the messenger has none', () => {
    expect(plan('whatsapp', [...two, link])).toEqual([
      { index: 0, text: 'abc\n\nSite: https://example.org/', attachments: [], buttons: two },
    ]);
    expect(plan('telegram', [...two, link])[0]!.buttons).toEqual([...two, link]);
    expect(plan('whatsapp', [link, link], '')[0]!.buttons).toEqual([]);
    expect(plan('whatsapp', [link])).toEqual([{ index: 0, text: abc, attachments: [], buttons: [link] }]);
  });

  test('keep their keys when their labels are cut', () => {
    const label = 'Да, позвоните мне завтра утром';
    const [button] = plan('whatsapp', [{ type: 'reply', label, key: 'k1' }])[0]!.buttons;
    expect(button).toEqual({ type: 'reply', label: 'Да, позвоните мне з…', key: 'k1' });
  });

  test('of a list have longer rows, with the whole label below a cut one', () => {
    const label = 'Да, позвоните мне завтра утром';
    const buttons = plan('whatsapp', [...many(3), { type: 'reply', label, key: 'k9' }])[0]!.buttons;
    expect(buttons.at(-1)).toEqual({ type: 'reply', label: 'Да, позвоните мне завтр…', key: 'k9', fullLabel: label });
    expect(buttons[0]).toEqual({ type: 'reply', label: 'Answer 1', key: 'k0' });
  });

  test('that look alike after the cut stay apart where the messenger refuses equal labels', () => {
    const labels = ['I would like the blue one', 'I would like the black one'];
    const buttons = plan(
      'whatsapp',
      labels.map((label, index) => ({ type: 'reply', label: label.replace('b', 'b'), key: `k${index}` }) as const),
    )[0]!.buttons;
    expect(new Set(buttons.map((button) => button.label)).size).toBe(2);
    for (const button of buttons) expect(button.label.length).toBeLessThanOrEqual(20);
  });

  test('more than three leave the media of WhatsApp and stand as a list under the text', () => {
    expect(shape('whatsapp', { ...pictures(1), text: abc, buttons: many(4) })).toBe('p TB4');
  });

  test('without any text stand under the prompt, and under a visible sign where there is none', () => {
    expect(shape('telegram', { buttons: two }, abc)).toBe('TB2');
    expect(plan('telegram', two, '')[0]!.text).toBe('👇');
  });
});

describe('files', () => {
  const file = (attachment: Partial<Attachment>): Attachment => ({
    kind: 'picture',
    fileId: 'x',
    name: 'big.jpg',
    mime: 'image/jpeg',
    ...attachment,
  });
  const kinds = (channel: string, attachment: Attachment) =>
    planParts({ text: '', attachments: [attachment], buttons: [] }, abilitiesOf(channel)).flatMap((part) =>
      part.attachments.map(({ kind }) => kind),
    );

  test.each<[string, string, Attachment, AttachmentKind]>([
    ['a picture over the limit of pictures', 'telegram', file({ sizeBytes: 11_000_000 }), 'file'],
    ['a picture of a type that is none there', 'telegram', file({ mime: 'image/svg+xml' }), 'file'],
    ['a picture that is too long a strip', 'telegram', file({ widthPx: 6000, heightPx: 200 }), 'file'],
    ['a picture that is too wide and high', 'telegram', file({ widthPx: 6000, heightPx: 5000 }), 'file'],
    [
      'a picture of usual size',
      'telegram',
      file({ widthPx: 4000, heightPx: 3000, sizeBytes: 3_000_000, mime: 'image/JPEG; x=y' }),
      'picture',
    ],
    ['a picture nobody measured', 'telegram', file({ mime: '' }), 'picture'],
    ['a webp in WhatsApp', 'whatsapp', file({ mime: 'image/webp' }), 'file'],
    ['a video over the limit of videos', 'viber', file({ kind: 'video', mime: 'video/mp4', sizeBytes: 30_000_000 }), 'file'],
  ])('%s in %s travels as it is taken', (_name, channel, attachment, kind) => {
    expect(kinds(channel, attachment)).toEqual([kind]);
  });

  test('over every limit become a link where they have an address', () => {
    const attachment = file({ sizeBytes: 80_000_000, url: 'https://files.example.org/big' });
    expect(planParts({ text: abc, attachments: [attachment], buttons: [] }, abilitiesOf('telegram'))).toEqual([
      { index: 0, text: 'abc\n\nbig.jpg: https://files.example.org/big', attachments: [], buttons: [] },
    ]);
    expect(attachmentProblems([attachment], abilitiesOf('telegram'))).toEqual([]);
  });

  test('over every limit without an address are a problem that names the file and the remedy', () => {
    const problems = attachmentProblems([file({}), file({ sizeBytes: 80_000_000 })], abilitiesOf('telegram'));
    expect(problems).toEqual([expect.objectContaining({ index: 1, code: 'file_too_large', limitBytes: 50_000_000 })]);
    expect(problems[0]!.message.en).toBe('The file "big.jpg" is over 50 MB: make it smaller or paste a link to it');
    expect(kinds('telegram', file({ sizeBytes: 80_000_000 }))).toEqual(['file']);
  });

  test.each([
    [11, 10, [6, 5]],
    [10, 10, [10]],
    [21, 10, [7, 7, 7]],
    [1, 10, [1]],
    [0, 10, []],
    [3, 1, [1, 1, 1]],
  ])('%i of at most %i are albums of %j', (count, most, sizes) => {
    const chunks = balanced(
      Array.from({ length: count }, (_, index) => index),
      most,
    );
    expect(chunks.map((chunk) => chunk.length)).toEqual(sizes);
    expect(chunks.flat()).toEqual(Array.from({ length: count }, (_, index) => index));
  });
});
