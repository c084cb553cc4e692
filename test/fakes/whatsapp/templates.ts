import { ApiFailure } from './failure.ts';
import type { MediaMention } from './limits.ts';
import type { FakeButton, FakeTemplateDefinition } from './types.ts';

type Fields = Record<string, unknown>;

/** A template of the account, as Meta lists it. */
export interface FakeTemplate {
  name: string;
  language: string;
  status: string;
  category: string;
  parameter_format: string;
  components: Fields[];
  id: string;
}

/** What a message fills in. `payloads` and `links` by the button's place. */
export interface FilledTemplate {
  name: string;
  language: string;
  variables: string[];
  names?: string[];
  heading?: string;
  media?: MediaMention;
  links?: Record<string, string>;
  payloads?: Record<string, string>;
}

export function templateFrom(name: string, language: string, definition: number | FakeTemplateDefinition): FakeTemplate {
  const count = typeof definition === 'number' ? definition : 0;
  const places = Array.from({ length: count }, (_, index) => `{{${index + 1}}}`);
  const counted: FakeTemplateDefinition = { components: [{ type: 'BODY', text: ['Body', ...places].join(' ') }] };
  const {
    components,
    category = 'UTILITY',
    status = 'APPROVED',
    parameterFormat = 'POSITIONAL',
  } = typeof definition === 'number' ? counted : definition;
  return { name, language, status, category, parameter_format: parameterFormat, components, id: `77${name.length}${language.length}` };
}

/** `GET /<account>/message_templates`: pages of `limit`, by status where one is asked for. */
export function listTemplates({ templates }: { templates: Map<string, FakeTemplate> }, query: URLSearchParams): Fields {
  const wanted = [...templates.values()].filter(({ status }) => query.get('status') === null || status === query.get('status'));
  const limit = Number(query.get('limit') ?? 25);
  const from = query.get('after') === null ? 0 : Number(Buffer.from(query.get('after')!, 'base64').toString());
  const page = wanted.slice(from, from + limit);
  const cursor = (at: number) => Buffer.from(String(at)).toString('base64');
  const isLast = from + limit >= wanted.length;
  return {
    data: page,
    ...(page.length === 0
      ? {}
      : {
          paging: {
            cursors: { before: cursor(from), after: cursor(from + page.length) },
            ...(isLast ? {} : { next: 'https://graph.example/next' }),
          },
        }),
  };
}

const placesIn = (value: unknown) => new Set([...String(value ?? '').matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, name]) => name!));

/** Refuses what Meta refuses: a template nobody approved, and anything but exactly its own places. */
export function checkFilled(templates: Map<string, FakeTemplate>, filled: FilledTemplate): FakeTemplate {
  const { name, language } = filled;
  const template = templates.get(`${name}/${language}`);
  if (template === undefined || template.status !== 'APPROVED') {
    const details = `template name (${name}) does not exist in ${language}`;
    throw new ApiFailure(132001, 'Template name does not exist in the translation', details, 404);
  }
  const part = (type: string) => template.components.find((one) => one.type === type);
  expectCount('body', placesIn(part('BODY')?.text).size, filled.variables.length);
  if (template.parameter_format === 'NAMED' && filled.variables.length > 0) {
    const known = placesIn(part('BODY')?.text);
    if (filled.names?.every((one) => known.has(one)) !== true) {
      throw new ApiFailure(
        132012,
        'Parameter format does not match format in the created template',
        'body: parameter name is missing or empty',
      );
    }
  } else if (filled.names !== undefined) {
    throw new ApiFailure(100, 'Invalid parameter', 'parameter_name is not allowed for positional parameters');
  }
  const header = part('HEADER');
  const isText = header?.format === 'TEXT';
  expectCount('header', isText ? placesIn(header.text).size : 0, filled.heading === undefined ? 0 : 1);
  const kind = header === undefined || isText ? undefined : String(header.format).toLowerCase();
  if (filled.media?.kind !== kind) {
    const details = `header: Format mismatch, expected ${kind?.toUpperCase() ?? 'UNKNOWN'}, received ${filled.media?.kind ?? 'UNKNOWN'}`;
    throw new ApiFailure(132012, 'Parameter format does not match format in the created template', details);
  }
  const buttons = buttonsOf(template);
  buttons.forEach((button, index) => {
    const count = button.type === 'URL' ? placesIn(button.url).size : 0;
    expectCount('buttons', count, filled.links?.[index] === undefined ? 0 : 1);
  });
  for (const index of Object.keys(filled.payloads ?? {})) {
    if (buttons[Number(index)]?.type !== 'QUICK_REPLY')
      throw new ApiFailure(131009, 'Parameter value is not valid', `button ${index} is no quick reply`);
  }
  return template;
}

/** The template's buttons as they stand under the message. */
export function pressable(template: FakeTemplate, filled: FilledTemplate): { buttons?: FakeButton[] } {
  const buttons = buttonsOf(template).flatMap((button, index): FakeButton[] => {
    const title = String(button.text);
    if (button.type === 'QUICK_REPLY') return [{ kind: 'quick', title, id: filled.payloads?.[index] ?? title }];
    if (button.type !== 'URL') return [];
    return [{ kind: 'url', title, id: String(button.url).replace(/\{\{\s*\w+\s*\}\}/, filled.links?.[index] ?? '') }];
  });
  return buttons.length === 0 ? {} : { buttons };
}

function buttonsOf(template: FakeTemplate): Fields[] {
  const component = template.components.find(({ type }) => type === 'BUTTONS');
  return Array.isArray(component?.buttons) ? (component.buttons as Fields[]) : [];
}

function expectCount(where: string, expected: number, given: number): void {
  if (expected === given) return;
  const details = `${where}: number of localizable_params (${given}) does not match the expected number of params (${expected})`;
  throw new ApiFailure(132000, 'Number of parameters does not match the expected number of params', details);
}
