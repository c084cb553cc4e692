import { wellFormed } from './clean.ts';
import type { Button, ChannelAbilities } from './model.ts';
import { shorten } from './split-text.ts';

/** What becomes of a message's buttons in a messenger: those it carries, and the lines of text that stand for the rest. */
export interface PlacedButtons {
  buttons: Button[];
  lines: string[];
}

/**
 * Labels cut to the messenger's length (the key stays), links moved into the text where it has no link buttons, and, where there are more
 * buttons than it takes, answers as numbered lines: all of them, so that the numbers run from 1 and `buttonByNumber` finds what was typed.
 */
export function placeButtons(buttons: readonly Button[], abilities: ChannelAbilities): PlacedButtons {
  const { most, urls: takesUrls, urlAlone = false } = abilities.buttons;
  const replies = buttons.filter((button) => button.type === 'reply');
  const links = buttons.filter((button) => button.type === 'url');
  const urls = takesUrls || (urlAlone && buttons.length === 1);
  const carried = urls ? buttons : replies;
  if (carried.length <= most) {
    return { buttons: withLabels(carried, abilities), lines: urls ? [] : links.map(linkLine) };
  }
  // Links alone too many: the first are buttons, the rest lines. They need no number: nobody answers with a link.
  const numbered = replies.length > 0 ? replies.map((button, index) => `${index + 1}. ${button.label.trim()}`) : [];
  const linksCarried = urls ? links.slice(0, most) : [];
  return {
    buttons: withLabels(linksCarried, abilities),
    lines: [...numbered, ...links.slice(linksCarried.length).map(linkLine)],
  };
}

/** The reply button a client means by typing a number, where `placeButtons` had to write the answers as numbered lines. */
export function buttonByNumber(
  text: string,
  buttons: readonly Button[],
  abilities: ChannelAbilities,
): Extract<Button, { type: 'reply' }> | undefined {
  const number = /^\s*(\d{1,3})\s*[.)]?\s*$/.exec(text)?.[1];
  if (number === undefined) return undefined;
  const replies = buttons.filter((button) => button.type === 'reply');
  const isNumbered = (abilities.buttons.urls ? buttons.length : replies.length) > abilities.buttons.most;
  return isNumbered ? replies[Number(number) - 1] : undefined;
}

function withLabels(buttons: readonly Button[], abilities: ChannelAbilities): Button[] {
  const { uniqueLabels, list } = abilities.buttons;
  const asList = list !== undefined && buttons.length > list.over;
  const labelLimit = asList ? list.labelLimit : abilities.buttons.labelLimit;
  const taken = new Set<string>();
  return buttons.map((button) => {
    const wanted = wellFormed(button.label).trim() || '…';
    let label = shorten(wanted, labelLimit);
    for (let copy = 2; uniqueLabels === true && taken.has(label); copy += 1) label = `${shorten(wanted, labelLimit - 3)} ${copy}`;
    taken.add(label);
    return { ...button, label, ...(asList && label !== wanted ? { fullLabel: wanted } : {}) };
  });
}

function linkLine(button: Extract<Button, { type: 'url' }>): string {
  return button.label.trim() === '' ? button.url : `${button.label.trim()}: ${button.url}`;
}
