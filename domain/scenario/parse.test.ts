import { describe, expect, test } from 'vitest';
import { isHint, LARGEST_SCRIPT_BYTES, parse } from './parse.ts';
import { go, options, pause, play, say } from './play-for-tests.ts';

/** Codes with their paths, errors marked. */
function codes(source: unknown): string[] {
  const result = parse(source);
  return (result.ok ? result.warnings : result.problems).map((one) =>
    `${one.severity === 'error' ? '!' : ''}${one.code} ${one.path}`.trim(),
  );
}

describe('what is accepted', () => {
  const MAP = { 0: { question: [say('a')] } };
  test.each([
    ['a step map', MAP],
    ['its JSON', JSON.stringify(MAP)],
    ['with a BOM', `\uFEFF${JSON.stringify(MAP)}`],
    ['JSON inside JSON', JSON.stringify(JSON.stringify(MAP))],
    ['the array form', [MAP[0]]],
    ['an export', { type_functionality: 0, model: { name: 'b', type: 2, text: JSON.stringify(MAP), positions: '[]' } }],
    ['an export as text with a BOM', `\uFEFF${JSON.stringify({ model: { text: JSON.stringify(MAP) } })}`],
    ['the model alone', { name: 'b', text: JSON.stringify(MAP) }],
    ['what the editor posts', { salesbot: [{ id: 0, name: 'b', text: JSON.stringify(MAP) }] }],
    ['a broken drawing', { model: { text: JSON.stringify(MAP), positions: '[{' } }],
    ['one handler instead of a list', { 0: { question: say('a') } }],
    ['a list written as an object', { 0: { question: { 0: say('a') } } }],
    ['keys that are no steps', { ...MAP, error: [], conversation: false, note: { question: 5 } }],
  ])('%s', (_, source) => {
    const result = parse(source);
    expect(result.ok && result.scenario.steps[0]?.question).toEqual([say('a')]);
  });
});

describe('what is refused', () => {
  test.each([
    ['no JSON', '{"0":', '!not_json'],
    ['nothing', undefined, '!not_json'],
    ['a number', 5, '!not_a_scenario'],
    ['an empty map', {}, '!not_a_scenario'],
    ['a cycle', cycle(), '!not_json'],
    ['a throwing getter', throwing(), '!not_json'],
    ['an export whose text is no JSON', { model: { text: '{' } }, '!not_json'],
  ])('%s', (_, source, code) => {
    expect(codes(source)).toEqual([code]);
  });

  test('a script is refused beyond 64 KB of UTF-8, whatever its drawing weighs', () => {
    const script = (letters: number) => JSON.stringify({ 0: { question: [say('ж'.repeat(letters))] } });
    expect(codes({ model: { text: script(30_000), positions: JSON.stringify([{ name: 'ж'.repeat(100_000) }]) } })).toEqual([]);
    expect(codes(script(33_000))).toEqual(['!too_large']);
    expect(LARGEST_SCRIPT_BYTES).toBe(65_536);
  });

  test('handlers nested beyond reason are refused', () => {
    let handler: unknown = say('a');
    for (let depth = 0; depth < 200; depth += 1)
      handler = { handler: 'condition', params: { term1: 'x', term2: 'x', operation: '=', result: [handler] } };
    expect(codes({ 0: { question: [handler] } })).toEqual([expect.stringMatching(/^!too_deep 0\.question\[0\]\.params\.result\[0\]/)]);
  });

  test('what a run could not get past is an error that names its place', () => {
    expect(
      codes({
        0: { question: [{ handler: 'distribution', params: { type: 'round_robin', variants: [] } }] },
        1: { answer: [options({ regex: '/(?=a)/', params: [] })] },
        2: { question: [{ handler: 'goto', params: {} }] },
        3: { question: [{ handler: 'waits', params: { conditions: [] } }] },
      }).filter((code) => code.startsWith('!')),
    ).toEqual([
      '!bad_pattern 1.answer[0].params[0].regex',
      '!missing_step 2.question[0].params',
      '!no_conditions 3.question[0].params.conditions',
      '!always_fails 0.question[0]',
    ]);
  });

  test('a scenario without step 0 is refused and still shown', () => {
    const result = parse({ 5: { question: [say('a')] } });
    expect(result.ok).toBe(false);
    expect(!result.ok && result.scenario?.steps[5]).toBeDefined();
    expect(codes({ 5: { question: [say('a')] } })).toContain('!no_first_step 0');
  });
});

describe('unsupported handlers that decide the way', () => {
  const SPLIT = { handler: 'distribution', params: { type: 'round_robin', seed_id: 'x', variants: [] } };
  const PRESET = { handler: 'preset', params: { name: 'contacts.validate_base_info', params: {} } };
  const MYSTERY = { handler: 'mystery', params: { inner: [go(1)] } };

  test.each([
    [
      'at the start, behind acts and jumps',
      { 0: { question: [say('a'), go(2)] }, 2: { question: [SPLIT] } },
      ['unsupported_decides 2.question[0].params', '!always_fails 2.question[0]'],
    ],
    [
      'behind a question',
      { 0: { question: [say('a')], answer: [go(2)] }, 2: { question: [PRESET] } },
      ['unsupported_decides 2.question[0].params'],
    ],
    [
      'behind a condition',
      {
        0: {
          question: [{ handler: 'condition', params: { term1: 'chat.origin', operation: '=', term2: 'vk', result: [say('b')] } }, MYSTERY],
        },
      },
      ['unsupported_decides 0.question[1].params'],
    ],
  ])('%s', (_, source, expected) => {
    expect(codes(source)).toEqual(expected);
  });

  test('a run that reaches one ends as failed', () => {
    expect(play({ 0: { question: [say('a')], answer: [SPLIT] } }, ['b']).at(-1)).toBe(
      'ended: failed (handler "distribution" is not supported)',
    );
  });
});

describe('what is warned of', () => {
  test.each([
    ['a jump to a step that is missing', { 0: { question: [go(7)] } }, ['broken_reference 0.question[0].params']],
    ['a finish that has no step is none', { 0: { question: [go(7, 'finish')] } }, []],
    ['a step nobody reaches', { 0: { question: [say('a')] }, 4: { question: [go(4)] } }, ['unreachable_step 4']],
    ['buttons without an answer', { 0: { question: [say('a', ['b'])] } }, ['buttons_without_answer 0.question']],
    ['buttons before a pause are fine', { 0: { question: [say('a', ['b']), pause(5, 0)] } }, []],
    [
      'all buttons to one step',
      { 0: { question: [say('a', ['b', 'c'])], answer: [options({ value: 'b', params: [go(0)] }, { value: 'c', params: [go(0)] })] } },
      ['buttons_to_one_step 0.answer[0]'],
    ],
    [
      'conditions without a default',
      {
        0: {
          question: [
            { handler: 'conditions', params: { conditions: [{ term1: 'chat.origin', operation: '=', term2: 'vk' }], result: [go(0)] } },
          ],
        },
      },
      ['may_end_here 0.question'],
    ],
    [
      'a no-answer branch without a pause',
      { 0: { question: [say('a')], answer: [go(0)], no_answer: go(1) }, 1: { question: [say('b')] } },
      ['no_answer_without_timer 0.no_answer'],
    ],
    ['handlers that are none', { 0: { question: [say('a'), 5, { params: {} }] } }, ['unreadable_handlers 0.question']],
    [
      'a handler that only acts and is not supported',
      { 0: { question: [{ handler: 'send_internal', params: {} }] } },
      ['unsupported_acts 0.question[0].params'],
    ],
    ['a plain end is none', { 0: { question: [say('a')] } }, []],
  ])('%s', (_, source, expected) => {
    expect(codes(source)).toEqual(expected);
  });

  test('hints need no consent to publish, skipped handlers do', () => {
    const hints = (source: unknown) => {
      const result = parse(source);
      return result.ok && result.warnings.map(isHint);
    };
    expect(hints({ 0: {}, 4: {} })).toEqual([true]);
    expect(hints({ 0: { question: [go(7)] } })).toEqual([false]);
    expect(hints({ 0: { question: [{ handler: 'meta', params: {} }] } })).toEqual([false]);
  });
});

function cycle(): unknown {
  const value: Record<string, unknown> = {};
  value[0] = value;
  return value;
}

function throwing(): unknown {
  return {
    get 0() {
      throw new Error('no');
    },
  };
}
