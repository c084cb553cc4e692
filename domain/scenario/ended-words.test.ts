import { expect, test } from 'vitest';
import { endedWords, failure } from './ended-words.ts';

test('a failure of the language is told in the language of the page, a messenger keeps its own words', () => {
  expect(failure('unsupported', 'find')).toBe('handler "find" is not supported');
  expect(endedWords(failure('unsupported', '$& "x"'), 'ru')).toBe('обработчик «$& "x"» не поддерживается');
  expect(endedWords(failure('noSuchStep', 7), 'ru')).toBe('шага 7 нет в сценарии');
  expect(endedWords(failure('noSuchStep', 7), 'en')).toBe('step 7 does not exist');
  expect(endedWords('Forbidden: bot was blocked by the user', 'ru')).toBe('Forbidden: bot was blocked by the user');
});
