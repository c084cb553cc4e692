/** Scripts of the simulator: what the client and time do, one line each. */

export type ScriptLine =
  /** Only as the first line: the message that starts the run. It is `{{message_text}}`, never an answer. */
  | { type: 'start'; text: string }
  | { type: 'client'; text: string }
  | { type: 'press'; label: string }
  | { type: 'pass'; ms: number }
  /** The messenger refuses the next message of the bot in these words. */
  | { type: 'refuse'; words: string };

const UNITS: [RegExp, number][] = [
  [/^(?:s|sec|seconds?|с|сек)$/i, 1000],
  [/^(?:m|min|minutes?|м|мин)$/i, 60_000],
  [/^(?:h|hours?|ч|час|часа|часов)$/i, 3_600_000],
  [/^(?:d|days?|д|дн|день|дня|дней)$/i, 86_400_000],
];

/**
 * One line of a script: `start: text` · `[Label]` presses a button · `+10 min` lets time pass (s, min, h, d; с, мин, ч, д) ·
 * `!words` refuses the next message · `# …` and empty lines say nothing (undefined) · everything else is the client's text.
 */
export function readScriptLine(line: string): ScriptLine | undefined {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return undefined;
  const start = /^(?:start|начало):\s*(.*)$/i.exec(text);
  if (start !== null) return { type: 'start', text: start[1]! };
  if (text.startsWith('[') && text.endsWith(']')) return { type: 'press', label: text.slice(1, -1).trim() };
  if (text.startsWith('!')) return { type: 'refuse', words: text.slice(1).trim() };
  const time = /^\+\s*(\d{1,9})\s*(\p{L}+)\.?$/u.exec(text);
  const unit = time === null ? undefined : UNITS.find(([pattern]) => pattern.test(time[2]!));
  return unit === undefined ? { type: 'client', text } : { type: 'pass', ms: Number(time![1]) * unit[1] };
}

/** A whole script, lines separated by line breaks. */
export function readScript(script: string): ScriptLine[] {
  return script.split(/\r?\n/).flatMap((line) => readScriptLine(line) ?? []);
}
