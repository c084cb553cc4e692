import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ESTree, parseSync } from 'vite';

/** Constructors and functions whose second argument is a sentence for the person at the page. */
const refusals = new Set(['ApiError', 'ChannelInputError', 'FileRefused', 'FormRefused', 'wrongField']);
/** Members whose text is a sentence for the person at the page. */
const members = new Set(['words', 'detail', 'message', 'error']);
/** What stands in these is read by programmers and operators, or by other programs. */
const elsewhere = new Set(['Error', 'TypeError', 'RangeError', 'ConfigError', 'FieldError', 'ChatsApiError']);
/** What these say stands in the description of the API. */
const documentation = new Set(['summary', 'description', 'example', 'help']);
/** Calls of a log: `log.error(…)`, `deps.log.warn(…)`. */
const isLog = (callee: ESTree.Expression | ESTree.Super) =>
  callee.type === 'MemberExpression' &&
  ((callee.object.type === 'Identifier' && callee.object.name === 'log') ||
    (callee.object.type === 'MemberExpression' && nameOf(callee.object.property) === 'log'));

export interface Sentence {
  file: string;
  /** With `{0}`, `{1}` … for what the program puts in. */
  text: string;
}

/**
 * Every sentence that the server's sources say to people: refusals, what is wrong with a field, a messenger's outcome in our own words. Found by where it
 * stands; in constants and in functions that make such words also by its form, as it begins like a sentence.
 */
export function serverSentences(folders: readonly string[], skipped: RegExp): Sentence[] {
  const root = new URL('../../', import.meta.url).pathname;
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !skipped.test(file))
      .flatMap((file) => sentencesOf(file, readFileSync(join(root, file), 'utf8'))),
  );
}

function sentencesOf(file: string, source: string): Sentence[] {
  const found: Sentence[] = [];
  const inApi = file.startsWith('api/');
  // Routes describe themselves by arguments too.
  const byForm = !file.startsWith('api/routes/');
  const add = (node: ESTree.Node, wanted: (text: string) => boolean) => {
    for (const text of textsOf(node)) if (wanted(text)) found.push({ file, text });
  };
  const visit = (node: ESTree.Node): void => {
    if (node.type === 'TaggedTemplateExpression' || (node.type.startsWith('TS') && !('expression' in node))) return;
    if (node.type === 'NewExpression' || node.type === 'CallExpression') {
      const callee = nameOf(node.callee);
      if (elsewhere.has(callee) || isLog(node.callee)) return;
      const [, said, more] = node.arguments;
      // Where fields are named, what is wrong with each is shown in the place of the whole.
      const byField =
        more?.type === 'ObjectExpression' && more.properties.some((one) => one.type === 'Property' && nameOf(one.key) === 'fields');
      if (refusals.has(callee) && said !== undefined && !byField) add(said, hasWords);
      if (byField) {
        visit(more);
        return;
      }
    }
    if (node.type === 'Property') {
      const name = nameOf(node.key);
      // Its Russian stands beside it.
      if (name === 'en') return;
      if (inApi && documentation.has(name)) return;
      if (members.has(name)) add(node.value, hasWords);
    }
    if (byForm) add(node, beginsSentence);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parseSync(file, source).program);
  return found;
}

const nameOf = (node: ESTree.Node): string => (node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '');
const hasWords = (text: string) => /[a-z}][,;:.]? [a-z{]/i.test(text);
const beginsSentence = (text: string) => /^(?:[A-Z]\w+|I|A|\{\d\}) [a-z({]/.test(text) && text.split(' ').length > 2;

const isNode = (value: unknown): value is ESTree.Node => typeof value === 'object' && value !== null && 'type' in value;
const childrenOf = (node: ESTree.Node): ESTree.Node[] => Object.values(node).flat().filter(isNode);

/** The texts an expression may be: both where it chooses; none where it is not written out. */
function textsOf(node: ESTree.Node): string[] {
  if (node.type === 'Literal') return typeof node.value === 'string' ? [node.value] : [];
  if (node.type === 'ParenthesizedExpression' || node.type === 'TSAsExpression') return textsOf(node.expression);
  if (node.type === 'ConditionalExpression') return [...textsOf(node.consequent), ...textsOf(node.alternate)];
  if (node.type === 'LogicalExpression') return [...textsOf(node.left), ...textsOf(node.right)];
  if (node.type !== 'TemplateLiteral') return [];
  let place = 0;
  return node.quasis.reduce<string[]>(
    (texts, { value }, index) => {
      const before = node.expressions[index - 1];
      const choices = before?.type === 'ConditionalExpression' ? textsOf(before) : [];
      const inserted = before === undefined ? [''] : choices.length === 2 ? choices : [`{${place++}}`];
      return texts.flatMap((text) => inserted.map((each) => text + each + (value.cooked ?? '')));
    },
    [''],
  );
}
