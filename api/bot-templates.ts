import { type ChannelRow, listChannels } from '../db/stores/channels.ts';
import { abilitiesOf } from '../domain/message/abilities.ts';
import type { ApprovedTemplate } from '../domain/message/template.ts';
import { checkTemplates, checkWindow, sendsTemplates } from '../domain/scenario/check-templates.ts';
import type { Problem, Scenario } from '../domain/scenario/model.ts';
import type { ReadDraft } from './bot-drafts.ts';
import type { ApiDeps } from './deps.ts';
import { templatesOf } from './templates.ts';

/**
 * A draft with what the account's channels add to its problems: templates that no messenger has approved, and messages behind a messenger's window. `templates`:
 * what is approved in all of them. Only a draft that sends templates has the messengers asked: what they said in the last ten minutes counts, and is asked for
 * anew where a template is not among it.
 */
export async function withTemplates(
  deps: ApiDeps,
  accountId: number,
  draft: ReadDraft,
): Promise<ReadDraft & { templates: ApprovedTemplate[] }> {
  const { scenario } = draft;
  if (scenario === undefined) return { ...draft, templates: [] };
  const channels = (await listChannels(deps.sql, accountId)).filter(({ state }) => state === 'connected');
  const windows = channels.flatMap(({ type }) => abilitiesOf(type).windowMs ?? []);
  const hints = windows.length === 0 ? [] : checkWindow(scenario, Math.min(...windows));
  let judged = { problems: [] as Problem[], templates: [] as ApprovedTemplate[] };
  if (sendsTemplates(scenario)) {
    judged = await judge(deps, channels, scenario, false);
    if (judged.problems.some(({ code }) => code === 'unknown_template')) judged = await judge(deps, channels, scenario, true);
  }
  return { ...draft, problems: [...draft.problems, ...judged.problems, ...hints], templates: judged.templates };
}

async function judge(deps: ApiDeps, channels: ChannelRow[], scenario: Scenario, fresh: boolean) {
  const having = channels.filter(({ type }) => deps.channels.get(type)?.templates !== undefined);
  const answers = await Promise.all(having.map((channel) => templatesOf(deps, channel, fresh)));
  const lists = answers.flatMap(({ items, fetchedAt }) => (fetchedAt === null ? [] : [items]));
  // A channel that has never answered may have what the others lack.
  return { problems: lists.length < having.length ? [] : checkTemplates(scenario, lists), templates: lists.flat() };
}
