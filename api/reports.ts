/** Puts reports together: sums from the store, shapes from the domain, names from the account. */
import { sumNewCountsOf } from '../db/stores/new-counts.ts';
import { type Names, readNames, readTotals, type TotalsFilter } from '../db/stores/reports.ts';
import { dayOf, daysIn, MAX_DAYS, type Period, periodOf } from '../domain/analytics/periods.ts';
import {
  distributionOf,
  type Grouping,
  is,
  npsOf,
  npsSeries,
  series,
  speedOf,
  speedSeries,
  split,
  stepsOf,
  total,
} from '../domain/analytics/reports.ts';
import type { Metric } from '../domain/analytics/totals.ts';
import type { Actor } from './actor.ts';
import type {
  BotsReport,
  ConversationsReport,
  ManagersReport,
  MissedReport,
  NpsReport,
  ReportPeriod,
  ResponsesReport,
  reportQuery,
} from './contract/reports.ts';
import type { ApiDeps } from './deps.ts';
import { wrongField } from './errors.ts';
import type { z } from './openapi.ts';

type Query = z.output<typeof reportQuery>;
type Deps = Pick<ApiDeps, 'sql' | 'now'>;

interface Asked {
  names: Names;
  period: Period;
  group: Grouping;
  view: ReportPeriod;
  /** Both periods, with the filters that were asked for. */
  of(...metrics: Metric[]): TotalsFilter;
}

async function ask({ sql, now }: Deps, actor: Actor, query: Query): Promise<Asked> {
  const name = query.period ?? (query.from === undefined && query.to === undefined ? 'week' : 'custom');
  if (name === 'custom' && (query.from === undefined || query.to === undefined))
    throw wrongField('from', 'a custom period takes from and to, such as 2026-11-01 and 2026-11-22');
  const names = await readNames(sql, actor.accountId);
  const given = query.from === undefined || query.to === undefined ? undefined : { from: query.from, to: query.to };
  if (given !== undefined && given.to < given.from) throw wrongField('to', 'must not be before from');
  if (given !== undefined && daysIn(given.from, given.to) > MAX_DAYS) throw wrongField('to', `a period has up to ${MAX_DAYS} days`);
  const period = periodOf(name, dayOf(now(), names.timeZone), given);
  await sumNewCountsOf(sql, actor.accountId);
  return {
    names,
    period,
    group: query.group,
    view: { ...period, timeZone: names.timeZone, group: query.group },
    of: (...metrics) => ({
      metrics,
      from: period.previousFrom,
      to: period.to,
      now: period.from,
      channelIds: query.channel,
      responsibleIds: query.user,
      botIds: query.bot,
    }),
  };
}

export async function conversationsReport(deps: Deps, actor: Actor, query: Query): Promise<ConversationsReport> {
  const { names, period, group, view, of } = await ask(deps, actor, query);
  const [rows, channels] = await Promise.all([
    readTotals(deps.sql, actor, of('opened', 'closed', 'messages'), ['day', 'bucket']),
    readTotals(deps.sql, actor, { ...of('opened', 'closed'), from: period.from }, ['channelId']),
  ]);
  const { now, before } = split(rows, period);
  const counts = {
    born: is.born,
    reopened: is.reopened,
    closed: is.closed,
    clientMessages: is.fromClient,
    userMessages: is.fromUser,
    botMessages: is.fromBot,
  };
  const totals = (of: typeof rows) => {
    const [born, reopened] = [total(of, is.born), total(of, is.reopened)];
    return {
      opened: born + reopened,
      born,
      reopened,
      closed: total(of, is.closed),
      clientMessages: total(of, is.fromClient),
      userMessages: total(of, is.fromUser),
      botMessages: total(of, is.fromBot),
    };
  };
  return {
    period: view,
    totals: totals(now),
    previous: totals(before),
    points: series(now, period, group, counts),
    channels: perChannel(names, channels)
      .map(({ channel, rows }) => ({
        channel,
        opened: total(rows, ({ metric }) => metric === 'opened'),
        closed: total(rows, is.closed),
      }))
      .filter(({ opened, closed }) => opened + closed > 0)
      .sort((a, b) => b.opened - a.opened),
  };
}

const speedMetrics = ['first_raw', 'first_working', 'later_raw', 'later_working'] as const;

export async function responsesReport(deps: Deps, actor: Actor, query: Query): Promise<ResponsesReport> {
  const { names, period, group, view, of } = await ask(deps, actor, query);
  const ofPeriod = { from: period.from };
  const [sums, days, channels, missed] = await Promise.all([
    readTotals(deps.sql, actor, of(...speedMetrics), ['isNow', 'bucket']),
    group === 'day'
      ? readTotals(deps.sql, actor, { ...of('first_raw'), ...ofPeriod }, ['day', 'bucket'])
      : readTotals(deps.sql, actor, { ...of('first_raw'), ...ofPeriod }, ['week', 'bucket']).then((rows) =>
          rows.map(({ week, ...row }) => ({ ...row, day: week })),
        ),
    readTotals(deps.sql, actor, { ...of('first_raw', 'first_working'), ...ofPeriod }, ['channelId', 'bucket']),
    readTotals(deps.sql, actor, of('missed'), ['day']),
  ]);
  const late = split(missed, period);
  const latePoints = new Map(series(late.now, period, group, { missed: is.missed }).map((point) => [point.day, point.missed]));
  const totals = (isNow: boolean, ownLate: typeof missed) => {
    const own = sums.filter((row) => row.isNow === isNow);
    return { first: speedOf(own, 'first'), later: speedOf(own, 'later'), missed: total(ownLate, is.missed) };
  };
  return {
    period: view,
    totals: totals(true, late.now),
    previous: totals(false, late.before),
    points: speedSeries(days, period, group).map(({ day, count, medianMs, p90Ms }) => ({
      day,
      count,
      medianMs,
      p90Ms,
      missed: latePoints.get(day) ?? 0,
    })),
    steps: stepsOf(sums.filter((row) => row.isNow)),
    channels: perChannel(names, channels)
      .map(({ channel, rows: own }) => ({ channel, first: speedOf(own, 'first') }))
      .filter(({ first }) => first.count > 0)
      .sort((a, b) => (b.first.medianMs ?? 0) - (a.first.medianMs ?? 0)),
  };
}

export async function missedReport(deps: Deps, actor: Actor, query: Query): Promise<MissedReport> {
  const { names, period, group, view, of } = await ask(deps, actor, query);
  const [rows, people] = await Promise.all([
    readTotals(deps.sql, actor, of('missed'), ['day', 'channelId']),
    readTotals(deps.sql, actor, { ...of('missed'), from: period.from }, ['responsibleId']),
  ]);
  const { now, before } = split(rows, period);
  return {
    period: view,
    totals: { missed: total(now, is.missed) },
    previous: { missed: total(before, is.missed) },
    points: series(now, period, group, { missed: is.missed }),
    users: perId(people, 'responsibleId')
      .map(({ id, rows: own }) => ({ user: userOf(names, id), missed: total(own, is.missed) }))
      .sort((a, b) => b.missed - a.missed),
    channels: perChannel(names, now)
      .map(({ channel, rows: own }) => ({ channel, missed: total(own, is.missed) }))
      .sort((a, b) => b.missed - a.missed),
  };
}

export async function npsReport(deps: Deps, actor: Actor, query: Query): Promise<NpsReport> {
  const { names, period, group, view, of } = await ask(deps, actor, query);
  const [rows, people] = await Promise.all([
    readTotals(deps.sql, actor, of('rate'), ['day', 'bucket']),
    readTotals(deps.sql, actor, { ...of('rate'), from: period.from }, ['responsibleId', 'bucket']),
  ]);
  const { now, before } = split(rows, period);
  return {
    period: view,
    totals: npsOf(now),
    previous: npsOf(before),
    points: npsSeries(now, period, group),
    distribution: distributionOf(now),
    users: perId(people, 'responsibleId')
      .map(({ id, rows: own }) => ({ user: userOf(names, id), nps: npsOf(own) }))
      .sort((a, b) => b.nps.count - a.nps.count),
  };
}

export async function managersReport(deps: Deps, actor: Actor, query: Query): Promise<ManagersReport> {
  const { names, view, of } = await ask(deps, actor, query);
  const [speed, counts, late] = await Promise.all([
    readTotals(deps.sql, actor, { ...of('first_raw', 'first_working', 'later_raw'), withoutBots: true }, ['isNow', 'userId', 'bucket']),
    readTotals(deps.sql, actor, { ...of('closed', 'messages'), withoutBots: true }, ['isNow', 'userId', 'bucket']),
    readTotals(deps.sql, actor, of('missed', 'rate'), ['isNow', 'responsibleId', 'bucket']),
  ]);
  const [speeds, deeds, lates] = [byId(speed, 'userId'), byId(counts, 'userId'), byId(late, 'responsibleId')];
  const line = (id: number, isNow: boolean) => {
    const own = speeds(id).filter((row) => row.isNow === isNow);
    const did = deeds(id).filter((row) => row.isNow === isNow);
    const answersFor = lates(id).filter((row) => row.isNow === isNow);
    const first = speedOf(own, 'first');
    const rates = npsOf(answersFor);
    return {
      answered: first.count + total(own, ({ metric }) => metric === 'later_raw'),
      // Nobody closes by itself: those are the system's and clients'.
      closed: id === 0 ? 0 : total(did, is.closed),
      messages: total(did, is.fromUser),
      medianFirstMs: first.medianMs,
      medianFirstWorkingMs: first.medianWorkingMs,
      missed: total(answersFor, is.missed),
      averageRate: rates.average,
      rates: rates.count,
    };
  };
  const active = names.users.filter(({ isActive }) => isActive).map(({ id }) => id);
  // Whoever asks about some clients sees colleagues only where they did something for those.
  const everybody = actor.rights.see === 'all' && query.user === undefined ? active : [];
  const ids = new Set([
    ...everybody,
    ...speed.map((row) => row.userId),
    ...counts.map((row) => row.userId),
    ...late.map((row) => row.responsibleId),
  ]);
  const managers = [...ids]
    .map((id) => ({ user: userOf(names, id), ...line(id, true), previous: line(id, false) }))
    .filter(
      ({ user, answered, closed, messages, missed, rates }) =>
        (user !== null && everybody.includes(user.id)) || answered + closed + messages + missed + rates > 0,
    )
    .sort((a, b) => b.answered - a.answered || (a.user?.name ?? '').localeCompare(b.user?.name ?? ''));
  return { period: view, managers };
}

export async function botsReport(deps: Deps, actor: Actor, query: Query): Promise<BotsReport> {
  const { names, period, group, view, of } = await ask(deps, actor, query);
  const rows = await readTotals(deps.sql, actor, of('bot_started', 'bot_ended'), ['day', 'botId', 'bucket']);
  const { now, before } = split(rows, period);
  const counts = {
    started: is.started,
    completed: is.ended('completed'),
    handedOver: is.ended('stopped'),
    displaced: is.ended('displaced'),
    failed: is.ended('failed', 'looped', 'expired'),
    restarted: is.ended('restarted'),
  };
  const totals = (of: typeof rows) =>
    Object.fromEntries(Object.entries(counts).map(([name, condition]) => [name, total(of, condition)])) as Record<
      keyof typeof counts,
      number
    >;
  return {
    period: view,
    totals: totals(now),
    previous: totals(before),
    points: series(now, period, group, counts),
    bots: perId(now, 'botId')
      .map(({ id, rows: own }) => ({ bot: names.bots.find((bot) => bot.id === id) ?? null, ...totals(own) }))
      .sort((a, b) => b.started - a.started),
  };
}

const userOf = (names: Names, id: number) => {
  const user = names.users.find((one) => one.id === id);
  return user === undefined ? null : { id: user.id, name: user.name };
};

function perId<Row, Name extends keyof Row>(rows: readonly Row[], name: Name): { id: Row[Name]; rows: Row[] }[] {
  const groups = new Map<Row[Name], Row[]>();
  for (const row of rows) {
    const own = groups.get(row[name]);
    if (own === undefined) groups.set(row[name], [row]);
    else own.push(row);
  }
  return [...groups].map(([id, own]) => ({ id, rows: own }));
}

function byId<Row, Name extends keyof Row>(rows: readonly Row[], name: Name): (id: Row[Name]) => Row[] {
  const groups = new Map(perId(rows, name).map(({ id, rows: own }) => [id, own]));
  return (id) => groups.get(id) ?? [];
}

const perChannel = <Row extends { channelId: number }>(names: Names, rows: readonly Row[]) =>
  perId(rows, 'channelId').map(({ id, rows: own }) => ({
    channel: names.channels.find((channel) => channel.id === id) ?? null,
    rows: own,
  }));
