import type { ClientAnswer, Handler } from '../model.ts';
import { type Pattern, pattern } from '../patterns.ts';
import { list, record, text } from '../read.ts';
import { define, type Report } from './handler.ts';
import { nested } from './nested.ts';

interface Option {
  /** The value and its synonyms: one hit is enough. */
  exact: string[];
  regex?: Pattern;
  isElse: boolean;
  handlers: Handler[];
  /** As the trace names it. */
  name: string;
}

/** Sends the answer its way: exact options first, then patterns, then "another answer", each in the order of the file. */
export const buttons = define<Option[]>({
  name: 'buttons',
  unreadable: 'fail',
  read: readOptions,
  inspect: (options) => ({
    decides: true,
    lists: options.map((option, index) => ({ path: `[${index}].params`, handlers: option.handlers })),
  }),
  run(options, context) {
    const given = answerWords(context.answer, context.messageText);
    const option =
      options.find((candidate) => candidate.exact.some((word) => given.includes(normalized(context.fill(word))))) ??
      options.find((candidate) => given.some((word) => candidate.regex?.match(word, context.budget))) ??
      options.find((candidate) => candidate.isElse);
    if (option === undefined) {
      context.note('unmatched');
      return { type: 'unmatched' };
    }
    context.note('matched', { option: option.name });
    return { type: 'run', handlers: option.handlers, takesAnswer: true };
  },
});

/** True when an answer hits the value or a synonym of an option: nothing the client adds would change its way. */
export function hitsOption(params: unknown, answer: ClientAnswer, fill: (text: string) => string): boolean {
  const given = answerWords(answer, answer.text);
  return (readOptions(params, () => undefined) ?? []).some((option) => option.exact.some((word) => given.includes(normalized(fill(word)))));
}

/** Buttons match without regard to case, surrounding spaces and the way accents are written. */
export function normalized(word: string): string {
  return word.normalize('NFC').trim().toLowerCase();
}

function answerWords(answer: ClientAnswer | undefined, messageText: string): string[] {
  const words = answer === undefined ? [messageText] : [answer.text, answer.pressed?.label, answer.callbackData];
  const given = words.filter((word) => word !== undefined).map(normalized);
  const named = given.filter((word) => word !== '');
  return named.length > 0 ? named : [''];
}

function readOptions(params: unknown, report: Report): Option[] | undefined {
  const entries = list(params) ?? list(record(params)?.buttons) ?? (record(params)?.params === undefined ? undefined : [params]);
  if (entries === undefined || entries.length === 0) {
    report('error', 'no_options');
    return undefined;
  }
  return entries.flatMap((entry, index) => {
    const tree = record(entry);
    if (tree === undefined) {
      report('warning', 'unreadable_params', `[${index}]`);
      return [];
    }
    const value = text(tree.value)?.trim() ?? '';
    const callbackData = text(tree.callback_data)?.trim() ?? '';
    const synonyms = (list(tree.synonyms) ?? []).flat().map(text);
    const exact = [value, callbackData, ...synonyms].filter((word) => word !== undefined && word.trim() !== '') as string[];
    const regex = readPattern(tree.regex, `[${index}].regex`, report);
    const isElse = tree.type === 'else';
    if (exact.length === 0 && tree.regex === undefined && !isElse) report('warning', 'option_without_value', `[${index}]`);
    const name = value || callbackData || text(tree.regex) || (isElse ? 'else' : `#${index + 1}`);
    return [{ exact, ...(regex === undefined ? {} : { regex }), isElse, handlers: nested(tree.params, `[${index}].params`, report), name }];
  });
}

function readPattern(value: unknown, path: string, report: Report): Pattern | undefined {
  const source = text(value);
  if (source === undefined || source.trim() === '') return undefined;
  const compiled = pattern(source);
  if (typeof compiled !== 'string') return compiled;
  report('error', 'bad_pattern', path, { fault: compiled });
  return undefined;
}
