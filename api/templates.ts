/** Templates of a channel: kept in the database, so that a composer opens at once and no process asks the messenger twice. */
import { ChannelError } from '../channels/channel.ts';
import { type ChannelRow, findChannel } from '../db/stores/channels.ts';
import { keepTemplates, keptTemplates } from '../db/stores/templates.ts';
import { type ApprovedTemplate, fillTemplate, findTemplate, templateProblems } from '../domain/message/template.ts';
import { kindOf } from '../files/sniff.ts';
import type { ConversationOrder } from '../workflows/messages.ts';
import type { Actor } from './actor.ts';
import { connectedChannel } from './channel-cache.ts';
import type { Templates, TemplateToWrite } from './contract/templates.ts';
import type { ApiDeps } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';

/** So long what the messenger said is believed. */
const KEPT_MS = 10 * 60_000;
/** Whoever asks for what is new is answered from memory within this time: nobody can make us ask the messenger over and over. */
const FRESH_MS = 5_000;
const ASK_TIMEOUT_MS = 10_000;

/** The templates of a channel. Where the messenger does not answer, what is kept; where nothing is kept either, none, with its words. */
export async function templatesOf(deps: ApiDeps, row: ChannelRow, fresh: boolean): Promise<Templates> {
  const adapter = deps.channels.get(row.type);
  if (adapter?.templates === undefined) return { items: [], fetchedAt: null, words: '' };
  const kept = await keptTemplates(deps.sql, row.accountId, row.id);
  const now = deps.now();
  if (kept !== undefined && now - kept.fetchedAt < (fresh ? FRESH_MS : KEPT_MS)) {
    return { items: kept.templates, fetchedAt: kept.fetchedAt, words: '' };
  }
  try {
    if (row.state === 'disconnected') throw new ChannelError('refused', { code: 'disconnected', words: 'This channel is not connected' });
    const items = await adapter.templates(connectedChannel(row, deps), AbortSignal.timeout(ASK_TIMEOUT_MS));
    await keepTemplates(deps.sql, row.accountId, row.id, { templates: items, fetchedAt: now });
    return { items, fetchedAt: now, words: '' };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return { items: kept?.templates ?? [], fetchedAt: kept?.fetchedAt ?? null, words: error.words };
  }
}

/**
 * The order's members for a template that somebody writes into a channel. Throws ApiError naming the field: no such template, a value that is missing or that
 * the messenger would refuse, a file too many or too few.
 */
export async function templateToSend(
  deps: ApiDeps,
  actor: Actor,
  to: { channelId: number; fileIds: string[] },
  wanted: TemplateToWrite,
): Promise<Pick<Extract<ConversationOrder, { type: 'write' }>, 'text' | 'buttons' | 'template'>> {
  const row = await findChannel(deps.sql, actor.accountId, to.channelId);
  if (row === undefined) throw new ApiError('not_found', 'No such channel');
  if (deps.channels.get(row.type)?.templates === undefined) {
    throw wrongField('template', 'this messenger has no templates: send text');
  }
  const template = await approvedOf(deps, row, wanted);
  const files = to.fileIds.length === 0 ? [] : await deps.files.find(actor.accountId, to.fileIds);
  const problems = templateProblems(
    template,
    wanted.values,
    to.fileIds.map((id) => ({ kind: kindOf(files.find((file) => file.id === id)?.mime ?? '') })),
  );
  if (problems.length > 0) {
    const fields = problems.map(({ field, message }) => ({
      field: field === 'attachments' ? field : `template.${field}`,
      message: message.en,
    }));
    throw new ApiError('invalid', fields.map(({ field, message }) => `${field}: ${message}`).join('; '), { fields });
  }
  return fillTemplate(template, wanted.values);
}

/** What was approved since the messenger was last asked is found too. */
async function approvedOf(deps: ApiDeps, row: ChannelRow, wanted: TemplateToWrite): Promise<ApprovedTemplate> {
  const known = await templatesOf(deps, row, false);
  const found = findTemplate(known.items, wanted);
  if (found !== undefined) return found;
  const anew = known.words === '' ? await templatesOf(deps, row, true) : known;
  const late = findTemplate(anew.items, wanted);
  if (late !== undefined) return late;
  if (anew.words !== '') throw new ApiError('channel_refused', anew.words);
  const { name, language } = wanted;
  throw wrongField('template.name', `no approved template "${name}" in "${language}": GET /api/channels/${row.id}/templates lists them`);
}
