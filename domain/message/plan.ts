import { fitAttachments, groupAttachments } from './attachments.ts';
import { placeButtons } from './buttons.ts';
import { wellFormed } from './clean.ts';
import type { Attachment, AttachmentKind, Button, ChannelAbilities, MessageContent, PartPlan } from './model.ts';
import { splitText } from './split-text.ts';

/** Stands over buttons when neither author nor settings gave a text: visible, and the same in every language. */
const FALLBACK_PROMPT = '👇';

type Draft = Omit<PartPlan, 'index'>;

/**
 * What one message becomes in a messenger: one part per call, in the order they are sent. Deterministic; an empty message gives no part.
 *
 * normalise (kinds, labels, links for what cannot be carried) → group → chunk (balanced albums) → place text → place buttons. Rules:
 * - buttons stand exactly once, on the last part, and nothing comes after them;
 * - without buttons a text is best beside the first media, where it fits; else whole, after or before the media as the channel prefers;
 * - where a call cannot hold media and buttons together, media go first and without text, then text with the buttons;
 * - buttons without text stand on the last media if that may carry them, else under `promptText`.
 */
export function planParts(content: MessageContent, abilities: ChannelAbilities, options: { promptText?: string } = {}): PartPlan[] {
  const fitted = fitAttachments(content.attachments, abilities);
  const placed = placeButtons(content.buttons, abilities);
  const text = withLines(wellFormed(content.text), [...fitted.lines, ...placed.lines]);
  const media = groupAttachments(fitted.attachments, abilities);
  const prompt = options.promptText === undefined || options.promptText.trim() === '' ? FALLBACK_PROMPT : options.promptText;

  const drafts =
    placed.buttons.length === 0 ? withoutButtons(text, media, abilities) : withButtons(text, media, placed.buttons, prompt, abilities);
  return drafts.map((draft, index) => ({ index, ...draft }));
}

function withoutButtons(text: string, media: Attachment[][], abilities: ChannelAbilities): Draft[] {
  const [first, ...others] = media;
  if (first === undefined) return splitText(text, abilities.textLimit).map(textPart);
  if (text === '') return media.map((group) => mediaPart(group));
  if (fitsBeside(text, first, abilities)) return [mediaPart(first, text), ...others.map((group) => mediaPart(group))];
  // Too long for a caption: the text stays together. Where captions are as long as texts, its nearest chunk still shares the call.
  return abilities.longText === 'after' ? textAfter(text, media, [], abilities) : textBefore(text, media, abilities);
}

function withButtons(text: string, media: Attachment[][], buttons: Button[], prompt: string, abilities: ChannelAbilities): Draft[] {
  const last = media.at(-1);
  if (last === undefined) return textWithButtons(text === '' ? prompt : text, buttons, abilities);
  const before = media.slice(0, -1).map((group) => mediaPart(group));
  const lastMayCarry = mayCarryButtons(last, buttons, abilities);

  if (text === '') {
    if (lastMayCarry && !abilities.buttonsNeedText) return [...before, mediaPart(last, '', buttons)];
    if (lastMayCarry && media.length === 1 && fitsBesideWithButtons(prompt, last, abilities)) return [mediaPart(last, prompt, buttons)];
    return [...before, mediaPart(last), ...textWithButtons(prompt, buttons, abilities)];
  }
  if (lastMayCarry && media.length === 1 && fitsBesideWithButtons(text, last, abilities)) return [mediaPart(last, text, buttons)];
  if (lastMayCarry && !abilities.buttonsNeedText) {
    const first = media[0]!;
    // Media that carry whole texts: the text introduces the first of them, the buttons close the last.
    if (carriesWholeTexts(abilities) && media.length > 1 && fitsBeside(text, first, abilities)) {
      return [mediaPart(first, text), ...before.slice(1), mediaPart(last, '', buttons)];
    }
    if (abilities.longText === 'before' && media.length === 1) {
      return [...splitText(text, abilities.textLimit).map(textPart), mediaPart(last, '', buttons)];
    }
  }
  return textAfter(text, media, buttons, abilities);
}

/** Media first, then the text, whose last chunk carries the buttons. */
function textAfter(text: string, media: Attachment[][], buttons: Button[], abilities: ChannelAbilities): Draft[] {
  const last = media.at(-1)!;
  const before = media.slice(0, -1).map((group) => mediaPart(group));
  const chunks = splitText(text, abilities.textLimit);
  const [first, ...rest] = chunks;
  if (carriesWholeTexts(abilities) && rest.length > 0 && first !== undefined && fitsBeside(first, last, abilities)) {
    return [...before, mediaPart(last, first), ...closeWithButtons(rest, buttons, abilities)];
  }
  return [...before, mediaPart(last), ...closeWithButtons(chunks, buttons, abilities)];
}

/** The text first, then the media. */
function textBefore(text: string, media: Attachment[][], abilities: ChannelAbilities): Draft[] {
  return [...splitText(text, abilities.textLimit).map(textPart), ...media.map((group) => mediaPart(group))];
}

function textWithButtons(text: string, buttons: Button[], abilities: ChannelAbilities): Draft[] {
  return closeWithButtons(splitText(text, abilities.textLimit), buttons, abilities);
}

/** Text parts of which the last carries the buttons; it is split once more where texts above buttons have a shorter limit. */
function closeWithButtons(chunks: string[], buttons: Button[], abilities: ChannelAbilities): Draft[] {
  const last = chunks.at(-1);
  if (last === undefined || buttons.length === 0) return chunks.map(textPart);
  const closing = splitText(last, Math.min(abilities.textLimit, abilities.textWithButtonsLimit ?? abilities.textLimit));
  const texts = [...chunks.slice(0, -1), ...closing];
  return texts.map((text, index) => (index === texts.length - 1 ? { text, attachments: [], buttons } : textPart(text)));
}

function mayCarryButtons(group: Attachment[], buttons: Button[], abilities: ChannelAbilities): boolean {
  const { buttonKinds } = abilities;
  return (
    (group.length > 1 ? abilities.buttonsWithAlbum : abilities.buttonsWithOne) &&
    buttons.length <= (abilities.buttonsBesideMediaMost ?? abilities.buttons.most) &&
    (buttonKinds === undefined || group.every(({ kind }) => buttonKinds.includes(kind)))
  );
}

function fitsBeside(text: string, group: Attachment[], abilities: ChannelAbilities): boolean {
  const carries = (kind: AttachmentKind) => abilities.captionKinds?.includes(kind) ?? kind !== 'sticker';
  return text.length <= abilities.captionLimit && group.every(({ kind }) => carries(kind));
}

function fitsBesideWithButtons(text: string, group: Attachment[], abilities: ChannelAbilities): boolean {
  return fitsBeside(text, group, abilities) && text.length <= (abilities.textWithButtonsLimit ?? abilities.captionLimit);
}

/** VK, MAX, web chat: a call with media takes as much text as one without. */
function carriesWholeTexts(abilities: ChannelAbilities): boolean {
  return abilities.captionLimit >= abilities.textLimit;
}

function withLines(text: string, lines: string[]): string {
  const own = text.trim() === '' ? '' : text;
  if (lines.length === 0) return own;
  return own === '' ? lines.join('\n') : `${own}\n\n${lines.join('\n')}`;
}

function mediaPart(attachments: Attachment[], text = '', buttons: Button[] = []): Draft {
  return { text, attachments, buttons };
}

function textPart(text: string): Draft {
  return { text, attachments: [], buttons: [] };
}
