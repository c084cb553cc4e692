import { expect, test } from 'vitest';
import { fitsPlace } from './trigger-filter.ts';

const place = { channelId: 1, lead: { pipelineId: 10, statusId: 100 } };

test.each([
  ['nothing asked', {}, true],
  ['empty lists ask for nothing', { channelIds: [], pipelineIds: [], statusIds: [] }, true],
  ['the channel', { channelIds: [2, 1] }, true],
  ['another channel', { channelIds: [2] }, false],
  ['the pipeline', { pipelineIds: [10] }, true],
  ['another pipeline', { pipelineIds: [11] }, false],
  ['the stage', { statusIds: [100] }, true],
  ['another stage', { statusIds: [101] }, false],
  ['all must fit', { channelIds: [1], pipelineIds: [10], statusIds: [101] }, false],
])('%s', (_, filter, fits) => expect(fitsPlace(filter, place)).toBe(fits));

test('without a lead or a channel only filters that do not ask for one fit', () => {
  expect(fitsPlace({ channelIds: [1] }, { channelId: 1, lead: undefined })).toBe(true);
  expect(fitsPlace({ pipelineIds: [10] }, { channelId: 1, lead: undefined })).toBe(false);
  expect(fitsPlace({ statusIds: [100] }, { channelId: 1, lead: undefined })).toBe(false);
  expect(fitsPlace({ channelIds: [1] }, { channelId: null, lead: place.lead })).toBe(false);
});
