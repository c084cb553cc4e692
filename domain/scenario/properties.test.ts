import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/fuzz/runs.ts';
import type { RunEvent, RunView, Scenario } from './model.ts';
import { parse } from './parse.ts';
import { simulate } from './simulate.ts';
import { answersAtOnce, begin, describe, step, takesAnswer } from './step.ts';

const VIEW: RunView = {
  accountId: 1,
  timeZone: 'Europe/Moscow',
  seed: 's',
  lead: { id: 1, name: '', tags: ['a'], fields: {}, price: 1, statusId: 1, pipelineId: 1 },
};

const number = fc.integer({ min: 0, max: 5 });
const words = fc.constantFrom(
  'да',
  'нет',
  ' ДА ',
  '',
  '5',
  '{{message_text}}',
  '{{lead.cf.1}}',
  '{{regexp./(a+)+/}}',
  'a@b.ru',
  '+79031234567',
);
const place = fc.record({
  type: fc.constantFrom('question', 'answer', 'finish', 'else', undefined),
  step: fc.oneof(number, fc.constantFrom('2', -1, null, 1e20)),
});

const templates = fc.option(
  fc.record({
    name: words,
    language: fc.constantFrom('ru', ''),
    values: fc.dictionary(fc.constantFrom('text.1', 'text.a', 'heading.1', 'button.7', 'button.x'), words),
  }),
);

/** Handlers that make sense more often than not, with rubbish among them. */
const { handler } = fc.letrec<{ handler: unknown; list: unknown }>((tie) => {
  const of = (name: string, params: fc.Arbitrary<unknown>) => params.map((value) => ({ handler: name, params: value }));
  const comparison = fc.record({
    term1: fc.oneof(words, fc.constant('lead.tags')),
    term2: fc.oneof(words, fc.record({ from: number, to: number })),
    operation: fc.constantFrom('=', '!=', 'in', 'in_range', 'contains', 'x'),
  });
  const validation = fc.record({
    client_value: words,
    type: fc.constantFrom('simple', 'email', 'phone', 'regex', 'range_numbers', 'x'),
    operation: fc.constantFrom('contains', 'not_contains', 'equal', 'length'),
    condition_value: fc.oneof(words, fc.constant('/^(a+)+$/'), fc.record({ from: number, to: number })),
  });
  const condition = fc.record({
    event: fc.record({ source: fc.constantFrom('message', 'timer', 'message_received', 'x'), delay: fc.integer({ min: 0, max: 10_000 }) }),
    action: place,
  });
  return {
    list: fc.array(tie('handler'), { maxLength: 4 }),
    handler: fc.oneof(
      { depthSize: 'small' },
      of('show', fc.record({ type: fc.constant('buttons'), value: words, buttons: fc.array(words, { maxLength: 3 }) })),
      of('goto', place),
      of('wait_answer', place),
      of('waits', fc.record({ conditions: fc.array(condition, { maxLength: 3 }) })),
      of('send_message', fc.record({ text: words, buttons: fc.array(words), on_error: fc.option(tie('handler')) })),
      of('send_message', fc.record({ text: words, templateType: fc.constantFrom('waba', 'x'), template_id: number, template: templates })),
      of(
        'buttons',
        fc.array(fc.record({ value: words, synonyms: fc.array(words), type: fc.constantFrom('else', undefined), params: tie('list') }), {
          maxLength: 3,
        }),
      ),
      of('conditions', fc.record({ logic: fc.constantFrom('and', 'or'), conditions: fc.array(comparison), result: tie('list') })),
      of('validations', fc.record({ logic: fc.constantFrom('and', 'or'), conditions: fc.array(validation), result: tie('list') })),
      of(
        'action',
        fc.record({
          name: fc.constantFrom('set_tag', 'change_status', 'set_custom_fields', 'set_budget', 'x'),
          params: fc.record({ value: fc.oneof(words, number), custom_field: words, calculated: fc.boolean() }),
        }),
      ),
      of('stop', fc.record({ action: fc.constantFrom('talk-close', 'salesbot-start', 'x'), bot: number })),
      of('distribution', fc.constant({})),
      fc.record({ handler: fc.string(), params: fc.jsonValue() }),
    ),
  };
});
const list = fc.array(handler, { maxLength: 5 });
const stepShape = fc.record({ question: list, answer: list, finish: list, no_answer: fc.option(handler) }, { requiredKeys: [] });
const map = fc
  .dictionary(
    fc.constantFrom('0', '1', '2', '3', '4', 'error', '007'),
    fc.oneof({ weight: 5, arbitrary: stepShape }, { weight: 1, arbitrary: list }),
    { minKeys: 1 },
  )
  .map((steps) => ({ 0: { question: [] }, ...steps }));

/** Every scenario that can be read at all, also those that may not be published. */
const scenario = map.map((source) => {
  const result = parse(source);
  return result.scenario ?? { name: '', kind: 'regular' as const, steps: {}, error: [] };
});

const at = fc.integer({ min: 0, max: 4e10 });
const key = fc.integer({ min: 1, max: 6 }).map((n) => `m${n}`);
const answer = fc.record({ text: words, pressed: fc.option(fc.record({ messageKey: key, label: words }), { nil: undefined }) });
const event: fc.Arbitrary<RunEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('answered' as const), at, answer }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('deadlineReached' as const), at }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('accepted' as const), at, key }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('refused' as const), at, key, words }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('started' as const), at, message: fc.option(answer, { nil: undefined }) }) },
);
const events = fc
  .array(event, { maxLength: 25 })
  .map((rest): RunEvent[] => [{ type: 'started', at: 0 }, ...rest.toSorted((a, b) => a.at - b.at)]);

function play(played: Scenario, happened: RunEvent[]) {
  let state = begin(played);
  return happened.map((one) => {
    const result = step(played, state, one, VIEW);
    state = result.state;
    return result;
  });
}

test('parse never throws, whatever it is given', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true }),
        fc.json(),
        fc.string(),
        map,
      ),
      (source) => {
        const result = parse(source);
        expect(typeof result.ok).toBe('boolean');
      },
    ),
    { numRuns: runs(1500) },
  );
});

test('a scenario that parses without errors parses the same again from its JSON', () => {
  fc.assert(
    fc.property(map, (source) => {
      expect(parse(JSON.stringify(source))).toEqual(parse(source));
    }),
    { numRuns: runs(300) },
  );
});

test('step never throws on a scenario that was read, and its state is JSON', () => {
  fc.assert(
    fc.property(scenario, events, (played, happened) => {
      for (const { state, commands, trace } of play(played, happened)) {
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
        expect(commands.length).toBeLessThanOrEqual(200);
        expect(trace.length).toBeLessThan(1000);
        expect(state.ended === undefined || (state.step === null && !state.listens && state.deadlineAt === undefined)).toBe(true);
        describe(played, state);
        answersAtOnce(played, state, { text: 'да' });
      }
    }),
    { numRuns: runs(1000) },
  );
});

test('replaying any prefix gives the same state, also from a state that went through JSON', () => {
  fc.assert(
    fc.property(scenario, events, fc.nat(25), (played, happened, length) => {
      const whole = play(played, happened);
      const prefix = happened.slice(0, length + 1);
      expect(play(played, prefix)).toEqual(whole.slice(0, prefix.length));
      const last = whole[prefix.length - 1]!;
      const next = happened[prefix.length];
      if (next !== undefined) expect(step(played, JSON.parse(JSON.stringify(last.state)), next, VIEW)).toEqual(whole[prefix.length]);
    }),
    { numRuns: runs(300) },
  );
});

test('events that are not due return the very same state', () => {
  fc.assert(
    fc.property(scenario, events, answer, (played, happened, given) => {
      const { state } = play(played, happened).at(-1)!;
      const early = state.deadlineAt === undefined ? 4e10 : state.deadlineAt - 1;
      expect(step(played, state, { type: 'deadlineReached', at: early }, VIEW)).toEqual({ state, commands: [], trace: [], view: VIEW });
      expect(step(played, state, { type: 'started', at: 4e10 }, VIEW).state).toBe(state);
      if (!takesAnswer(state, given)) expect(step(played, state, { type: 'answered', at: 4e10, answer: given }, VIEW).state).toBe(state);
    }),
    { numRuns: runs(300) },
  );
});

test('a living run always has something that will move it', () => {
  fc.assert(
    fc.property(scenario, events, (played, happened) => {
      for (const { state } of play(played, happened)) expect(state.ended !== undefined || state.deadlineAt !== undefined).toBe(true);
    }),
    { numRuns: runs(300) },
  );
});

test('keys of messages never repeat within a run', () => {
  fc.assert(
    fc.property(scenario, events, (played, happened) => {
      const keys = play(played, happened).flatMap(({ commands }) =>
        commands.flatMap((command) => (command.type === 'sendMessage' ? [command.key] : [])),
      );
      expect(new Set(keys).size).toBe(keys.length);
    }),
    { numRuns: runs(200) },
  );
});

test('the simulator plays any script to its end', () => {
  const line = fc.oneof(
    words,
    words.map((label) => `[${label}]`),
    fc.constantFrom('+10 min', '+3 d', '!blocked', '# note', 'start: x'),
  );
  fc.assert(
    fc.property(scenario, fc.array(line, { maxLength: 8 }), (played, script) => {
      simulate(played, script);
    }),
    { numRuns: runs(200) },
  );
});
