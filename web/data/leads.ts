/** Leads as a list and as a board: filters of the address, pages, totals, and the orders that move a lead. */
import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Lead, LeadChange, LeadItem, LeadPage, NewLead, Stage, StageTotals } from '../../api/contract/index.ts';
import { toast } from '../ui/toasts.tsx';
import { call } from './client.ts';
import { read } from './live.ts';
import { queryClient } from './query-client.ts';
import { problemWords } from './words.ts';

export const filterNames = ['search', 'conversations', 'stage', 'responsible', 'tag', 'channel', 'period', 'open', 'incoming'] as const;
export type FilterName = (typeof filterNames)[number];
/** Words of the address: lists of ids are separated by commas, `period` is one of `periods`. */
export type LeadFilter = Partial<Record<FilterName, string>>;

/** Days of a period, today among them. */
export const periods = { today: 1, week: 7, month: 30, quarter: 90 } as const;

/** What the API is asked for. A period begins at midnight, so that the question stays the same all day. */
function asked({ period, ...rest }: LeadFilter) {
  const days = period === undefined ? undefined : periods[period as keyof typeof periods];
  if (days === undefined) return rest;
  return { ...rest, from: new Date().setHours(0, 0, 0, 0) - (days - 1) * 86_400_000 };
}

const pages = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: LeadPage) => page.nextCursor ?? undefined,
};

export const useLeadList = (filter: LeadFilter, pipeline: string | undefined) =>
  useInfiniteQuery({
    queryKey: ['leads', 'list', filter, pipeline],
    queryFn: ({ pageParam, signal }) => read<LeadPage>('/api/leads', { ...asked(filter), pipeline, cursor: pageParam, limit: 50 }, signal),
    ...pages,
    placeholderData: keepPreviousData,
  });

export interface ColumnOf {
  pipelineId: number;
  filter: LeadFilter;
}
const columnKey = ({ pipelineId, filter }: ColumnOf, stageId: number) => ['leads', 'column', pipelineId, stageId, filter];
const totalsKey = ({ pipelineId, filter }: ColumnOf) => ['leads', 'totals', pipelineId, filter];

/** Leads of one stage; each column of the board has its own pages. */
export const useColumn = (of: ColumnOf, stageId: number) =>
  useInfiniteQuery({
    queryKey: columnKey(of, stageId),
    queryFn: ({ pageParam, signal }) =>
      read<LeadPage>('/api/leads', { ...asked(of.filter), stage: stageId, pipeline: of.pipelineId, cursor: pageParam, limit: 30 }, signal),
    ...pages,
  });

export const useTotals = (of: ColumnOf | undefined) =>
  useQuery({
    queryKey: of === undefined ? ['leads', 'totals'] : totalsKey(of),
    queryFn: ({ signal }) => read<StageTotals>('/api/leads/totals', { ...asked(of?.filter ?? {}), pipeline: of?.pipelineId }, signal),
    enabled: of !== undefined,
    placeholderData: keepPreviousData,
  });

export const useContactLeads = (contactId: number | undefined) =>
  useQuery({
    queryKey: ['leads', 'contact', contactId],
    queryFn: ({ signal }) => read<LeadPage>('/api/leads', { contact: contactId, limit: 50 }, signal),
    enabled: contactId !== undefined,
    select: (page) => page.items,
  });

type Pages = InfiniteData<LeadPage, string | undefined>;

/** Shows a lead in its new column, at the top, and the columns' totals with it, before the server has heard of it. */
function shift(of: ColumnOf, lead: LeadItem, to: Stage): void {
  const column = (stageId: number, change: (items: LeadItem[]) => LeadItem[]) =>
    queryClient.setQueryData<Pages>(columnKey(of, stageId), (data) => {
      const [first, ...rest] = data?.pages ?? [];
      if (data === undefined || first === undefined) return data;
      const without = (page: LeadPage) => ({ ...page, items: page.items.filter(({ id }) => id !== lead.id) });
      return { ...data, pages: [{ ...first, items: change(without(first).items) }, ...rest.map(without)] };
    });
  column(lead.stage.id, (items) => items);
  column(to.id, (items) => [{ ...lead, stage: to }, ...items]);
  queryClient.setQueryData<StageTotals>(totalsKey(of), (totals) => {
    if (totals === undefined) return totals;
    const at = new Map(totals.items.map((item) => [item.stageId, item]));
    for (const [stageId, sign] of [
      [lead.stage.id, -1],
      [to.id, 1],
    ] as const) {
      const now = at.get(stageId) ?? { stageId, count: 0, sum: 0 };
      at.set(stageId, { stageId, count: now.count + sign, sum: now.sum + sign * lead.price });
    }
    return { ...totals, items: [...at.values()] };
  });
}

const refetchLeads = () => Promise.all(['leads', 'lead', 'conversations'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));

export interface MoveWords {
  done: string;
  undo: string;
}

/** Moves a lead to another stage of its pipeline. Shown at once; a refusal puts it back and says why, success offers the way back. */
export async function moveLead(of: ColumnOf, lead: LeadItem, to: Stage, words: MoveWords): Promise<void> {
  await queryClient.cancelQueries({ queryKey: ['leads'] });
  shift(of, lead, to);
  try {
    const body: LeadChange = { stageId: to.id, pipelineId: of.pipelineId };
    await call<Lead>('PATCH', `/api/leads/${lead.id}`, { body, idempotencyKey: crypto.randomUUID() });
    toast({
      text: words.done,
      action: {
        label: words.undo,
        run: () => {
          shift(of, { ...lead, stage: to }, lead.stage);
          void backTo(lead.id, { stageId: lead.stage.id, pipelineId: of.pipelineId });
        },
      },
    });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
  }
  await refetchLeads();
}

async function backTo(leadId: number, body: LeadChange): Promise<void> {
  try {
    await call<Lead>('PATCH', `/api/leads/${leadId}`, { body, idempotencyKey: crypto.randomUUID() });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
  }
  await refetchLeads();
}

type Incoming = Pick<LeadItem, 'id' | 'stage'> & { pipelineId: number };

/** Accepts or declines an incoming lead. Undo puts the lead back among the incoming ones; conversations that were closed stay closed, as the words say. */
export async function settleIncoming(what: 'accept' | 'decline', lead: Incoming, words: MoveWords): Promise<boolean> {
  try {
    await call<Lead>('POST', `/api/leads/${lead.id}/${what}`, { idempotencyKey: crypto.randomUUID() });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    await refetchLeads();
    return false;
  }
  const back: LeadChange = { stageId: lead.stage.id, pipelineId: lead.pipelineId };
  toast({ text: words.done, action: { label: words.undo, run: () => void backTo(lead.id, back) } });
  await refetchLeads();
  return true;
}

/** Makes a lead; undefined when it was refused, which has been said. */
export async function makeLead(lead: NewLead): Promise<Lead | undefined> {
  try {
    const made = await call<Lead>('POST', '/api/leads', { body: lead, idempotencyKey: crypto.randomUUID() });
    await refetchLeads();
    return made;
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return undefined;
  }
}
