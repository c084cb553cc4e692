import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, dayOf, daysIn, daysOf, isDay, periodOf, spansOf, startOfDay, weekOf } from './periods.ts';

const zones = ['Europe/Moscow', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia', 'America/Sao_Paulo', 'UTC'];
const instant = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) });

test('an instant lies in its day: not before its start, and before the start of the next', () => {
  fc.assert(
    fc.property(instant, fc.constantFrom(...zones), (at, zone) => {
      const day = dayOf(at, zone);
      expect(startOfDay(day, zone)).toBeLessThanOrEqual(at);
      expect(startOfDay(addDays(day, 1), zone)).toBeGreaterThan(at);
      expect(dayOf(startOfDay(day, zone), zone)).toBe(day);
    }),
  );
});

test('days of a zone turn with its midnight', () => {
  expect(dayOf(Date.UTC(2026, 10, 22, 20, 59), 'Europe/Moscow')).toBe('2026-11-22');
  expect(dayOf(Date.UTC(2026, 10, 22, 21), 'Europe/Moscow')).toBe('2026-11-23');
  // Midnight is skipped in São Paulo on 2018-11-04: the day begins at one.
  expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe(Date.UTC(2018, 10, 4, 3));
});

test('a period and the one before it have as many days and touch', () => {
  fc.assert(
    fc.property(fc.constantFrom('today' as const, 'week' as const, 'month' as const, 'quarter' as const), instant, (name, at) => {
      const { from, to, previousFrom, previousTo } = periodOf(name, dayOf(at, 'UTC'));
      expect(daysIn(from, to)).toBe(daysIn(previousFrom, previousTo));
      expect(addDays(previousTo, 1)).toBe(from);
      expect(daysOf(from, to)).toHaveLength(daysIn(from, to));
    }),
  );
  expect(periodOf('custom', '2026-11-22', { from: '2026-03-01', to: '2026-03-03' })).toEqual({
    from: '2026-03-01',
    to: '2026-03-03',
    previousFrom: '2026-02-26',
    previousTo: '2026-02-28',
  });
});

test('weeks begin on Monday', () => {
  expect(weekOf('2026-11-22')).toBe('2026-11-16');
  expect(weekOf('2026-11-16')).toBe('2026-11-16');
});

test('only real dates are days', () => {
  expect(['2026-02-29', '2026-2-1', '2026-13-01', 'x', '2024-02-29'].map(isDay)).toEqual([false, false, false, false, true]);
});

test('spans are each day of a period once, in order, with no whole month told by days', () => {
  const first = '2023-11-20';
  fc.assert(
    fc.property(fc.nat(900), fc.nat(800), (start, length) => {
      const from = addDays(first, start);
      const to = addDays(from, length);
      const days = spansOf(from, to).flatMap((span) =>
        span.grain === 'day' ? daysOf(span.from, span.to) : daysOf(span.from, addDays(`${addDays(span.to, 31).slice(0, 7)}-01`, -1)),
      );
      expect(days).toEqual(daysOf(from, to));
      for (const span of spansOf(from, to)) if (span.grain === 'day') expect(daysIn(span.from, span.to)).toBeLessThan(61);
    }),
  );
  expect(spansOf('2026-11-01', '2026-11-30')).toEqual([{ grain: 'month', from: '2026-11-01', to: '2026-11-01' }]);
  expect(spansOf('2026-11-02', '2026-11-30')).toEqual([{ grain: 'day', from: '2026-11-02', to: '2026-11-30' }]);
  expect(spansOf('2026-11-02', '2026-11-01')).toEqual([]);
});
