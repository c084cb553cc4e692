import type { StoredFile } from '../db/stores/files.ts';
import { cleanJson } from '../domain/message/clean.ts';
import { type ButtonToWrite, writeBody } from './contract/messages.ts';
import type { TemplateToWrite } from './contract/templates.ts';
import type { ApiDeps, AppContext } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';
import type { Form } from './form.ts';
import { needFiles } from './need-files.ts';
import { invalid, type z } from './openapi.ts';
import { takeForm } from './upload.ts';

export interface Writing {
  text: string;
  channel?: number;
  shorten?: boolean;
  seenPosition?: number;
  replyTo?: string;
  buttons: ButtonToWrite[];
  template?: TemplateToWrite;
  fileIds: string[];
}

const FILES_MOST = 50;

/** Reads a message to write, JSON or a form with `files`, and hands it to `write`. Files of a form are stored first, and removed again when the message is refused. */
export async function withWriting<Answer>(deps: ApiDeps, c: AppContext, write: (writing: Writing) => Promise<Answer>): Promise<Answer> {
  const isForm = (c.req.header('Content-Type') ?? '').toLowerCase().startsWith('multipart/form-data');
  if (!isForm) return write(checked(await fromJson(deps, c)));
  return takeForm(deps, c, { fields: ['files', 'files[]', 'file'], most: FILES_MOST }, async (form) => write(checked(fromForm(form))));
}

function checked(writing: Writing): Writing {
  if (writing.template !== undefined) {
    if (writing.text.trim() !== '') throw wrongField('text', 'a template brings its own text: leave this out');
    if (writing.buttons.length > 0) throw wrongField('buttons', 'a template brings its own buttons: leave this out');
  } else if (writing.text.trim() === '' && writing.fileIds.length === 0)
    throw wrongField('text', 'a message needs a text, a file or a template');
  return writing;
}

async function fromJson(deps: ApiDeps, c: AppContext): Promise<Writing> {
  const body: unknown = await c.req.json().catch(() => {
    throw new ApiError('bad_request', 'The body is no JSON: send {"text": "…"} or a form');
  });
  const parsed = writeBody.safeParse(body);
  if (!parsed.success) throw invalid(parsed.error);
  const { attachments } = parsed.data;
  const fileIds = attachments.map(({ id }) => id);
  await needFiles(deps.sql, c.var.actor, fileIds, (index) => `attachments.${index}.id`);
  return writingOf(parsed.data, fileIds);
}

/** What was given, without what was not. */
function writingOf(
  { text, channel, shorten, seenPosition, replyTo, buttons, template }: z.output<typeof writeBody>,
  fileIds: string[],
): Writing {
  return {
    text,
    fileIds,
    buttons,
    ...(channel === undefined ? {} : { channel }),
    ...(shorten === undefined ? {} : { shorten }),
    ...(seenPosition === undefined ? {} : { seenPosition }),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(template === undefined ? {} : { template }),
  };
}

function fromForm({ texts, files }: Form<StoredFile>): Writing {
  const shorten = texts.get('shorten');
  const parsed = writeBody.safeParse({
    text: texts.get('text') ?? '',
    ...(texts.has('channel') ? { channel: Number(texts.get('channel')) } : {}),
    ...(texts.has('seenPosition') ? { seenPosition: Number(texts.get('seenPosition')) } : {}),
    ...(texts.has('replyTo') ? { replyTo: texts.get('replyTo') } : {}),
    ...jsonField(texts, 'buttons'),
    ...jsonField(texts, 'template'),
    ...(shorten === undefined ? {} : { shorten: !['false', '0', 'off', ''].includes(shorten) }),
  });
  if (!parsed.success) throw invalid(parsed.error);
  return writingOf(
    parsed.data,
    files.map(({ id }) => id),
  );
}

/** A field of a form that holds JSON; nothing where it is not there. */
function jsonField(texts: Map<string, string>, name: 'buttons' | 'template'): Record<string, unknown> {
  const given = texts.get(name);
  if (given === undefined || given === '') return {};
  try {
    return { [name]: cleanJson(JSON.parse(given) as unknown) };
  } catch {
    throw wrongField(name, 'in a form this is JSON, written as a text');
  }
}
