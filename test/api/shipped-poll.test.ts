import { describe, expect, test } from 'vitest';
import { readImport } from '../../api/bot-drafts.ts';
import { shippedPoll, shippedScales } from '../../api/shipped-poll.ts';
import { readScript } from '../../domain/scenario/script.ts';

describe('the poll that is shipped', () => {
  for (const language of ['ru', 'en'] as const) {
    for (const scale of shippedScales) {
      test(`${language}, ${scale.from}–${scale.to}: is a bot of type nps that can run, without a warning`, () => {
        const draft = readImport(shippedPoll(language, scale));
        expect(draft.kind).toBe('nps');
        expect(draft.problems).toEqual([]);
        expect(draft.scenario?.steps[0]?.title).not.toBe('');
      });
    }
  }
});
