import { Readable } from 'node:stream';
import { DeleteObjectCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ByteStore } from './byte-store.ts';

/** A bucket that speaks S3: AWS itself, or MinIO, Ceph, Yandex Object Storage and the like with an `endpoint`. */
export interface S3Options {
  bucket: string;
  region: string;
  /** Absent: AWS. Buckets of other servers are named in the path, not in the host. */
  endpoint: string | undefined;
  /** Absent: what the SDK finds (environment, profile, machine's role). */
  credentials: { accessKeyId: string; secretAccessKey: string } | undefined;
}

/** Every part of a big upload stands in memory while it is sent: 8 MiB of at most 10,000 parts is far above what a file may have. */
const PART_BYTES = 8 * 1024 * 1024;

/** Streams into a bucket. An upload that breaks off leaves nothing under its key; its parts are taken back. */
export function s3ByteStore({ bucket, region, endpoint, credentials }: S3Options): ByteStore {
  const client = new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    // Checksums in trailers are AWS's own; servers that speak S3 refuse them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return {
    async put(key, body) {
      await new Upload({
        client,
        params: { Bucket: bucket, Key: key, Body: Readable.from(body) },
        partSize: PART_BYTES,
        queueSize: 2,
      }).done();
    },
    async get(key, range) {
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }) }),
      );
      return Body as Readable;
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
