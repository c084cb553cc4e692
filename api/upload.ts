import type { StoredFile } from '../db/stores/files.ts';
import { DEFAULT_FILE_BYTES } from '../files/storage.ts';
import type { ApiDeps, AppContext } from './deps.ts';
import { ApiError, type ErrorCode } from './errors.ts';
import { type Form, FormRefused, type FormTaker, readForm } from './form.ts';

const codes: Record<FormRefused['code'], ErrorCode> = {
  unreadable: 'bad_request',
  too_many: 'invalid',
  empty: 'invalid',
  too_large: 'too_large',
  type_refused: 'type_refused',
};

/**
 * Reads a form of a user, its files straight into storage, and hands it on. When the request is refused all the same, the files are removed again: nobody
 * will ever ask for them.
 */
export async function takeForm<Answer>(
  deps: ApiDeps,
  c: AppContext,
  { fields, most }: Pick<FormTaker<StoredFile>, 'fields' | 'most'>,
  use: (form: Form<StoredFile>) => Promise<Answer>,
): Promise<Answer> {
  const { accountId, userId } = c.var.actor;
  const remove = async (files: StoredFile[]) => {
    if (files.length === 0) return;
    const ids = files.map(({ id }) => id);
    await deps.files.remove(accountId, ids).catch((err: unknown) => c.var.log.warn({ err, ids }, 'files of a refused form are left'));
  };
  const form = await readForm<StoredFile>(c.req.raw, {
    fields,
    most,
    remove,
    save: (upload) =>
      deps.files.save({ ...upload, accountId, createdBy: `user:${userId}`, limitBytes: deps.fileBytesLimit ?? DEFAULT_FILE_BYTES }),
  }).catch((error: unknown) => {
    throw error instanceof FormRefused ? refusal(error) : error;
  });
  try {
    return await use(form);
  } catch (error) {
    // An order that nobody answered may still be carried out, with these files.
    if (error instanceof ApiError && error.code !== 'unavailable') await remove(form.files);
    throw error;
  }
}

function refusal(error: FormRefused): ApiError {
  if (error.cause instanceof ApiError) return error.cause; // the limit of all routes, met on the way
  const { code, field, words, message } = error;
  return new ApiError(codes[code], message, { ...(field === undefined ? {} : { fields: [{ field, message: words }] }), cause: error });
}
