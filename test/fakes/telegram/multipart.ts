export interface UploadedFile {
  name: string;
  mime: string;
  bytes: Buffer;
}

export interface MultipartBody {
  fields: Record<string, string>;
  files: Record<string, UploadedFile>;
}

/** Reads a multipart/form-data body; `undefined` when it is not closed by its boundary or a part has no name. */
export function parseMultipart(body: Buffer, contentType: string): MultipartBody | undefined {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) return undefined;
  const delimiter = Buffer.from(`--${name}`);
  const result: MultipartBody = { fields: {}, files: {} };
  let at = body.indexOf(delimiter);
  if (at === -1) return undefined;
  for (;;) {
    at += delimiter.length;
    if (body.subarray(at, at + 2).toString('latin1') === '--') return result;
    const headerStart = at + 2;
    const headerEnd = body.indexOf('\r\n\r\n', headerStart);
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), delimiter]), headerEnd);
    if (headerEnd === -1 || next === -1) return undefined;
    if (!readPart(body.subarray(headerStart, headerEnd).toString('utf8'), body.subarray(headerEnd + 4, next), result)) return undefined;
    at = next + 2;
  }
}

function readPart(headers: string, content: Buffer, into: MultipartBody): boolean {
  const disposition = /^content-disposition:\s*form-data\s*;?(.*)$/im.exec(headers)?.[1] ?? '';
  const name = parameter(disposition, 'name');
  if (name === undefined) return false;
  const fileName = parameter(disposition, 'filename');
  if (fileName === undefined) {
    into.fields[name] = content.toString('utf8');
  } else {
    const mime = /^content-type:\s*(.*)$/im.exec(headers)?.[1]?.trim() ?? 'application/octet-stream';
    // A copy: the whole request need not stay in memory for one small part of it.
    into.files[name] = { name: fileName, mime, bytes: Buffer.from(content) };
  }
  return true;
}

/** Quoted, or bare up to the next semicolon, as Telegram's own reader takes it. */
function parameter(disposition: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|;)\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;]*))`, 'i').exec(disposition);
  return match === null ? undefined : (match[1]?.replace(/\\(.)/g, '$1') ?? match[2]?.trim());
}
