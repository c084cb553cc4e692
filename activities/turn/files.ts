import type { Queries } from '../../db/connection.ts';
import type { Attachment } from '../../domain/message/model.ts';

/** Stored files of an account by id, as attachments of a message; ids of others are simply not there. */
export async function loadFiles(sql: Queries, accountId: number, ids: string[]): Promise<Map<string, Attachment>> {
  const uuids = ids.filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
  if (uuids.length === 0) return new Map();
  const rows = await sql<
    { id: string; name: string; mime: string; size_bytes: number; width_px: number | null; height_px: number | null }[]
  >`
    select id, name, mime, size_bytes, width_px, height_px from files where account_id = ${accountId} and id in ${sql(uuids)}`;
  return new Map(
    rows.map((row) => [
      row.id,
      {
        kind: kindOf(row.mime),
        fileId: row.id,
        name: row.name,
        mime: row.mime,
        sizeBytes: row.size_bytes,
        ...(row.width_px === null ? {} : { widthPx: row.width_px }),
        ...(row.height_px === null ? {} : { heightPx: row.height_px }),
      },
    ]),
  );
}

/** How a file is shown by default: what messengers take as pictures, videos and sound; everything else is a file. */
export function kindOf(mime: string): Attachment['kind'] {
  if (/^image\/(jpeg|png|gif|webp)$/.test(mime)) return 'picture';
  if (mime === 'video/mp4') return 'video';
  return mime.startsWith('audio/') ? 'audio' : 'file';
}
