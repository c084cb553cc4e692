const THANKS = new Set(
  'спасибо спасибочки спасиб спс благодарю благодарим благодарствую пасиб пасибо мерси сенкс thanks thank thx ty tnx cheers merci'.split(
    ' ',
  ),
);
/** Words that change nothing about a thank-you. A "but", a "not" or a question is none of them, so "thanks, it still fails" reopens. */
const BESIDE_THANKS = new Set(
  `большое огромное огромнейшее вам тебе очень всем за помощь ответ консультацию информацию оперативность внимание и хорошего дня вечера доброго
  you u so very much a lot for the your help answer reply info information and have good nice great day evening again all`.split(/\s+/),
);

/**
 * Is the text nothing but thanks, emoji or a smile? With the setting "thanks do not reopen" such a message shortly after the close
 * leaves the conversation closed. Russian and English; when in doubt the answer is no, because a lost question is worse than a reopening.
 */
export function isOnlyThanks(text: string): boolean {
  if (/[?¿]/u.test(text)) return false;
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length > 0) return words.some((word) => THANKS.has(word)) && words.every((word) => THANKS.has(word) || BESIDE_THANKS.has(word));
  return /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(text) || /^\s*[:;=]?-?\)+\s*$/u.test(text);
}
