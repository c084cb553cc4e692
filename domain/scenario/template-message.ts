/** What a bot's template becomes. Nobody is there to correct it: it goes out, or the message takes its way for refusals. Turns and simulator share this. */
import type { Attachment } from '../message/model.ts';
import {
  type ApprovedTemplate,
  fillTemplate,
  placesOf,
  type TemplateProblem,
  type TemplateToWrite,
  templateProblems,
} from '../message/template.ts';
import { failure, type Reason } from './ended-words.ts';

export type FilledTemplate = ReturnType<typeof fillTemplate>;

const REASON_OF: Record<TemplateProblem['code'], Reason> = {
  missing: 'templateEmpty',
  line_breaks: 'templateEmpty',
  unknown: 'templatePlace',
  too_long: 'templateTooLong',
  no_file: 'templateFile',
  wrong_file: 'templateFile',
  extra_file: 'templateFile',
};

/**
 * The template as it reads and goes out, or why it does not. `known`: what the messenger said of it when it was last asked. Where it is not known (nobody has
 * asked, or it was approved since) it goes out by its name with the places that were filled, and the messenger judges.
 */
export function templateMessage(
  wanted: TemplateToWrite,
  known: ApprovedTemplate | undefined,
  files: readonly Pick<Attachment, 'kind'>[],
): FilledTemplate | { refused: string } {
  const { name, values } = wanted;
  const empty = Object.keys(values).find((key) => values[key]!.trim() === '');
  if (empty !== undefined) return { refused: failure('templateEmpty', `${empty} (${name})`) };
  if (known === undefined) return unlisted(wanted);
  const [problem] = templateProblems(known, values, files);
  if (problem === undefined) return fillTemplate(known, values);
  const { field, code } = problem;
  return { refused: failure(REASON_OF[code], field.startsWith('values.') ? `${field.slice('values.'.length)} (${name})` : name) };
}

/** Filled without its text: it reads as its name and what fills it, and its answers come back by their labels. */
function unlisted({ name, language, values }: TemplateToWrite): FilledTemplate {
  const placesIn = (prefix: string) =>
    placesOf(
      Object.keys(values)
        .flatMap((key) => (key.startsWith(`${prefix}.`) ? `{{${key.slice(prefix.length + 1)}}}` : []))
        .join(' '),
    );
  const [heading, text, ends] = [placesIn('heading'), placesIn('text'), placesIn('button').map(Number)];
  const written = (places: string[]) => places.map((place) => `{{${place}}}`).join(', ');
  const filled = fillTemplate(
    {
      name,
      language,
      category: '',
      heading: written(heading),
      media: null,
      text: written(text),
      footer: '',
      // Only where the ends of addresses stand among the buttons is known.
      buttons: Array.from({ length: Math.max(-1, ...ends) + 1 }, (_, index) => ({
        type: 'url',
        label: '',
        url: ends.includes(index) ? '{{1}}' : '',
      })),
      fields: [],
      named: [...heading, ...text].some((place) => !/^\d+$/.test(place)),
    },
    values,
  );
  return { ...filled, text: filled.text === '' ? name : `${name}: ${filled.text}`, buttons: [] };
}
