/** Finds the step map in what an author brings: an export file, a pasted step map, an array, in any of their nestings. */
import type { Scenario } from './model.ts';
import { list, record, type Tree, text, whole } from './read.ts';

export interface Unwrapped {
  name: string;
  kind: Scenario['kind'];
  /** The object or array that holds the steps. */
  root: unknown;
  /** Size of the script in UTF-8 bytes. */
  bytes: number;
  /** Names of the blocks on the canvas, by step. */
  titles: Map<number, string>;
}

/** A file with its drawing may be larger than its script; beyond this nothing is read at all. */
const LARGEST_FILE = 4 * 1024 * 1024;

/** Takes the wrapping off; a code says why nothing could be found. */
export function unwrap(source: unknown): Unwrapped | 'not_json' | 'not_a_scenario' | 'too_large' {
  const plain = typeof source === 'string' ? parsed(source) : copied(source);
  if (plain === 'not_json' || plain === 'too_large') return plain;
  const tree = record(plain.value);
  const holder = tree === undefined ? undefined : holderOf(tree);
  const scriptHolder = holder ?? {};
  const script = holder === undefined ? plain : scriptOf(holder.text);
  if (script === 'not_json' || script === 'too_large') return script;
  if (record(script.value) === undefined && !Array.isArray(script.value)) return 'not_a_scenario';
  return {
    name: text(scriptHolder.name)?.trim() ?? '',
    kind: kindOf(tree?.type_functionality ?? scriptHolder.type_functionality ?? record(scriptHolder.settings)?.type_functionality),
    root: script.value,
    bytes: script.bytes,
    titles: titlesOf(scriptHolder.positions),
  };
}

/** `{model: {text}}` of an export, `{text}` alone, or the editor's `{salesbot: [{text}]}`. A step map has none of them. */
function holderOf(tree: Tree): Tree | undefined {
  for (const candidate of [record(tree.model), tree, record(list(tree.salesbot)?.[0])]) {
    const script = candidate?.text;
    if (typeof script === 'string' || (typeof script === 'object' && script !== null)) return candidate;
  }
  return undefined;
}

function scriptOf(script: unknown): { value: unknown; bytes: number } | 'not_json' | 'too_large' {
  return typeof script === 'string' ? parsed(script) : copied(script);
}

/** JSON text; a text inside it that is JSON once more is taken off too. */
function parsed(source: string): { value: unknown; bytes: number } | 'not_json' | 'too_large' {
  let current = source;
  for (let layers = 0; layers < 3; layers += 1) {
    if (current.length > LARGEST_FILE) return 'too_large';
    try {
      const value: unknown = JSON.parse(current.replace(/^\uFEFF+/, ''));
      if (typeof value !== 'string') return { value, bytes: bytesOf(current) };
      current = value;
    } catch {
      return 'not_json'; // JSON.parse throws for nothing else
    }
  }
  return 'not_json';
}

/** A plain copy: what is no JSON (functions, cycles, throwing getters) is refused here and nowhere else. */
function copied(source: unknown): { value: unknown; bytes: number } | 'not_json' | 'too_large' {
  try {
    const json: string | undefined = JSON.stringify(source);
    return json === undefined ? 'not_json' : parsed(json);
  } catch {
    return 'not_json'; // cycles, big integers, throwing getters, nesting deeper than the stack
  }
}

function bytesOf(json: string): number {
  return new TextEncoder().encode(json).length;
}

function kindOf(value: unknown): Scenario['kind'] {
  switch (value) {
    case 'greeting':
    case 'marketing':
    case 'nps':
      return value;
    default:
      return 'regular'; // 0 is an ordinary bot; the meaning of other numbers is not published
  }
}

function titlesOf(positions: unknown): Map<number, string> {
  const drawing = typeof positions === 'string' ? parsed(positions) : { value: positions };
  const titles = new Map<number, string>();
  if (typeof drawing === 'string') return titles; // the drawing runs nothing: a scenario without it is whole
  for (const entry of list(drawing.value) ?? []) {
    const block = record(entry);
    const step = whole(block?.step);
    const name = text(block?.name)?.trim();
    if (step !== undefined && step >= 0 && name !== undefined && name !== '') titles.set(step, name.slice(0, 200));
  }
  return titles;
}
