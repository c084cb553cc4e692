import type { StoredFile } from '../db/stores/files.ts';
import { type ButtonToWrite, writeBody } from './contract/messages.ts';
import type { TemplateToWrite } from './contract/templates.ts';
import type { ApiDeps, AppContext } from './deps.ts';
import { ApiError, wrongField } from './errors.ts';
import { needFiles } from './need-files.ts';
import { invalid, type z } from './openapi.ts';
import { storeUpload } from './upload.ts';

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

/** Reads a message to write: JSON, or a form with any number of `files`. Files of a form are stored first. */
export async function readWriteBody(deps: ApiDeps, c: AppContext): Promise<Writing> {
  const isForm = (c.req.header('Content-Type') ?? '').toLowerCase().startsWith('multipart/form-data');
  const writing = isForm ? await fromForm(deps, c) : await fromJson(deps, c);
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

async function fromForm(deps: ApiDeps, c: AppContext): Promise<Writing> {
  const form = await readForm(c);
  const shorten = form.get('shorten');
  const parsed = writeBody.safeParse({
    text: textOf(form.get('text')) ?? '',
    ...(form.has('channel') ? { channel: Number(textOf(form.get('channel'))) } : {}),
    ...(form.has('seenPosition') ? { seenPosition: Number(textOf(form.get('seenPosition'))) } : {}),
    ...(form.has('replyTo') ? { replyTo: textOf(form.get('replyTo')) } : {}),
    ...jsonField(form, 'buttons'),
    ...jsonField(form, 'template'),
    ...(shorten === null ? {} : { shorten: !['false', '0', 'off', ''].includes(textOf(shorten) ?? '') }),
  });
  if (!parsed.success) throw invalid(parsed.error);
  const uploads = [...form.getAll('files'), ...form.getAll('files[]'), ...form.getAll('file')].filter((part) => part instanceof File);
  if (uploads.length > FILES_MOST) throw wrongField('files', `a message may carry up to ${FILES_MOST} files`);
  const files: StoredFile[] = [];
  for (const upload of uploads) files.push(await storeUpload(deps, c, upload, 'files'));
  return writingOf(
    parsed.data,
    files.map(({ id }) => id),
  );
}

/** A field of a form that holds JSON; nothing where it is not there. */
function jsonField(form: FormData, name: 'buttons' | 'template'): Record<string, unknown> {
  const given = textOf(form.get(name));
  if (given === undefined || given === '') return {};
  try {
    return { [name]: JSON.parse(given) as unknown };
  } catch {
    throw wrongField(name, 'in a form this is JSON, written as a text');
  }
}

const textOf = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : undefined);

/** A multipart form; its size is limited for all routes at once. */
export async function readForm(c: AppContext): Promise<FormData> {
  try {
    return await c.req.raw.formData();
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError('bad_request', 'Send multipart/form-data', { cause });
  }
}
