/**
 * A local server that speaks the part of S3 that a byte store uses, by the published REST API: signature version 4, objects with ranges, multipart
 * uploads, errors as XML. Strict: a wrong signature, bucket or part is refused with the vendor's code.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface FakeS3 {
  url: string;
  bucket: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Objects by key, whole ones only. */
  objects: Map<string, Buffer>;
  /** Uploads in parts that were begun and neither finished nor taken back. */
  openUploads(): number;
  /** The next requests are answered with this status. */
  failNext(times: number, status: number): void;
  stop(): Promise<void>;
}

const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
/** RFC 3986, as the signature wants it. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

export async function startFakeS3(): Promise<FakeS3> {
  const bucket = 'files';
  const region = 'eu-test-1';
  const credentials = { accessKeyId: 'LOCALKEY', secretAccessKey: 'local/secret+key' };
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, { key: string; parts: Map<number, { etag: string; bytes: Buffer }> }>();
  let failing = { times: 0, status: 503 };

  const isSigned = (request: IncomingMessage, url: URL, body: Buffer): boolean => {
    const match =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        request.headers.authorization ?? '',
      );
    if (match === null) return false;
    const [, keyId, day, signedRegion, signed, signature] = match;
    const stated = String(request.headers['x-amz-content-sha256'] ?? '');
    if (stated !== 'UNSIGNED-PAYLOAD' && stated !== sha256(body)) return false;
    const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
    const headers = signed!.split(';').map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}\n`,
    );
    const canonical = [request.method, url.pathname, query.join('&'), headers.join(''), signed, stated].join('\n');
    const scope = `${day}/${signedRegion}/s3/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
    const key = hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day!), signedRegion!), 's3'), 'aws4_request');
    return keyId === credentials.accessKeyId && signedRegion === region && hmac(key, toSign).toString('hex') === signature;
  };

  const answer = (
    response: ServerResponse,
    status: number,
    body: string | Buffer = '',
    headers: Record<string, string> = {},
  ): undefined => {
    response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID(), ...headers });
    response.end(body);
  };
  const refuse = (response: ServerResponse, status: number, code: string): undefined =>
    answer(response, status, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  const etagOf = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`;

  function read(response: ServerResponse, request: IncomingMessage, key: string): undefined {
    const bytes = objects.get(key);
    if (bytes === undefined) return refuse(response, 404, 'NoSuchKey');
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const from = range === null ? 0 : Number(range[1]);
    const to = range === null ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
    if (from > to) return refuse(response, 416, 'InvalidRange');
    const part = bytes.subarray(from, to + 1);
    answer(response, range === null ? 200 : 206, request.method === 'HEAD' ? '' : part, {
      'content-type': 'application/octet-stream',
      'content-length': String(part.length),
      etag: etagOf(bytes),
      ...(range === null ? {} : { 'content-range': `bytes ${from}-${to}/${bytes.length}` }),
    });
  }

  function finish(response: ServerResponse, id: string, body: Buffer): undefined {
    const upload = uploads.get(id);
    if (upload === undefined) return refuse(response, 404, 'NoSuchUpload');
    const wanted = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part]) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part!)?.[1]),
      etag: /<ETag>(.*?)<\/ETag>/.exec(part!)?.[1]?.replaceAll('&quot;', '"') ?? '',
    }));
    const parts = wanted.map(({ number, etag }) => {
      const part = upload.parts.get(number);
      return part?.etag.replaceAll('"', '') === etag.replaceAll('"', '') ? part.bytes : undefined;
    });
    if (parts.length === 0 || parts.includes(undefined)) return refuse(response, 400, 'InvalidPart');
    // Only the last part may be smaller than 5 MiB.
    if (parts.slice(0, -1).some((part) => part!.length < 5 * 1024 * 1024)) return refuse(response, 400, 'EntityTooSmall');
    objects.set(upload.key, Buffer.concat(parts as Buffer[]));
    uploads.delete(id);
    answer(response, 200, `<CompleteMultipartUploadResult><Key>${upload.key}</Key><ETag>"whole"</ETag></CompleteMultipartUploadResult>`);
  }

  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request).catch(() => undefined);
      if (body === undefined) return; // the client broke off: nothing of it is kept
      const url = new URL(request.url ?? '/', 'http://s3');
      if (failing.times > 0) {
        failing.times -= 1;
        return refuse(response, failing.status, 'SlowDown');
      }
      if (!isSigned(request, url, body)) return refuse(response, 403, 'SignatureDoesNotMatch');
      const [, named, ...rest] = url.pathname.split('/').map(decodeURIComponent);
      const key = rest.join('/');
      if (named !== bucket) return refuse(response, 404, 'NoSuchBucket');
      const uploadId = url.searchParams.get('uploadId');
      const partNumber = url.searchParams.get('partNumber');
      if (request.method === 'GET' || request.method === 'HEAD') return read(response, request, key);
      if (request.method === 'POST' && url.searchParams.has('uploads')) {
        const id = randomUUID();
        uploads.set(id, { key, parts: new Map() });
        return answer(
          response,
          200,
          `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
        );
      }
      if (request.method === 'POST' && uploadId !== null) return finish(response, uploadId, body);
      if (request.method === 'PUT' && uploadId !== null && partNumber !== null) {
        const upload = uploads.get(uploadId);
        if (upload === undefined) return refuse(response, 404, 'NoSuchUpload');
        upload.parts.set(Number(partNumber), { etag: etagOf(body), bytes: body });
        return answer(response, 200, '', { etag: etagOf(body) });
      }
      if (request.method === 'PUT') {
        objects.set(key, body);
        return answer(response, 200, '', { etag: etagOf(body) });
      }
      if (request.method === 'DELETE') {
        if (uploadId === null) objects.delete(key);
        else uploads.delete(uploadId);
        return answer(response, 204);
      }
      return refuse(response, 405, 'MethodNotAllowed');
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket,
    region,
    credentials,
    objects,
    openUploads: () => uploads.size,
    failNext: (times, status) => {
      failing = { times, status };
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
