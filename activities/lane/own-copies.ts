/** Files that stand in a part by an address only get copies of our own before the part is sent. */
import type { LanePart } from '../../db/turns/lane.ts';
import { attachmentProblems, fitAttachments } from '../../domain/message/attachments.ts';
import type { Attachment, ChannelAbilities } from '../../domain/message/model.ts';
import type { ActivityDeps } from '../deps.ts';
import { AddressError, copyFromAddress } from '../own-copy.ts';

/** So many addresses of one part are read at a time: an album's pictures mostly lie on one server. */
const AT_ONCE = 4;

/** True until every file of the part is ours. Such a part has certainly not been sent: its copies stand in the row before the messenger is called. */
export function lacksCopies(part: Pick<LanePart, 'attachments'>): boolean {
  return part.attachments.some(({ url, fileId }) => url !== undefined && fileId === undefined);
}

/**
 * The part with a file of ours in place of each address. A copy that an earlier try stored is found again by its message; what was copied before
 * another address failed stays. Throws AddressError, and the database's errors.
 */
export async function withOwnCopies(
  deps: ActivityDeps,
  part: LanePart,
  abilities: ChannelAbilities,
  signal: AbortSignal,
): Promise<LanePart> {
  const { accountId, channelId, messageId } = part;
  const copies = new Map<string, Partial<Attachment>>();
  const rows = await deps.sql<
    { url: string; fileId: string; name: string; mime: string; sizeBytes: number | null; widthPx: number | null; heightPx: number | null }[]
  >`select url, file_id "fileId", name, mime, size_bytes "sizeBytes", width_px "widthPx", height_px "heightPx" from attachments
    where account_id = ${accountId} and message_id = ${messageId} and url is not null and file_id is not null`;
  for (const row of rows) copies.set(row.url, factsOf(row));

  const missing = new Map<string, Attachment>();
  for (const one of part.attachments) {
    if (one.url !== undefined && one.fileId === undefined && !copies.has(one.url)) missing.set(one.url, one);
  }
  const waiting = [...missing];
  const failures: unknown[] = [];
  const copyNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [url, { name, kind }] = next;
      try {
        const file = await copyFromAddress(deps, { accountId, channelId, url, name, kind }, signal);
        await deps.sql`update attachments set file_id = ${file.id}, copy = 'stored', mime = ${file.mime}, size_bytes = ${file.sizeBytes},
            width_px = ${file.widthPx}, height_px = ${file.heightPx}
          where account_id = ${accountId} and message_id = ${messageId} and url = ${url} and file_id is null`;
        copies.set(url, factsOf({ ...file, fileId: file.id }));
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, copyNext));
  if (failures.length > 0) throw failures.find((error) => error instanceof AddressError && error.kind === 'refused') ?? failures[0];

  const attachments = fitted(
    part.attachments.map((one) => ownOf(one, copies)),
    abilities,
  );
  await deps.sql`update parts set attachments = ${deps.sql.json(attachments as never)} where account_id = ${accountId} and id = ${part.id}`;
  return { ...part, attachments };
}

function ownOf(attachment: Attachment, copies: ReadonlyMap<string, Partial<Attachment>>): Attachment {
  const { url, ...rest } = attachment;
  const copy = url === undefined || attachment.fileId !== undefined ? undefined : copies.get(url);
  return copy === undefined ? attachment : { ...rest, ...copy };
}

/** The plan was made without knowing size and type. Alone in its call, a file may still travel as another kind; what cannot travel is said in words. */
function fitted(attachments: Attachment[], abilities: ChannelAbilities): Attachment[] {
  const [problem] = attachmentProblems(attachments, abilities);
  if (problem !== undefined) throw new AddressError('refused', { code: problem.code, words: problem.message.en });
  return attachments.length === 1 ? fitAttachments(attachments, abilities).attachments : attachments;
}

type Facts = { fileId: string; mime: string; sizeBytes: number | null; widthPx: number | null; heightPx: number | null };

function factsOf({ fileId, mime, sizeBytes, widthPx, heightPx }: Facts): Partial<Attachment> {
  return {
    fileId,
    mime,
    ...(sizeBytes === null ? {} : { sizeBytes }),
    ...(widthPx === null ? {} : { widthPx }),
    ...(heightPx === null ? {} : { heightPx }),
  };
}
