import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { S3Options } from './files/s3-byte-store.ts';

/** Everything that is configured from outside. This file is the only one that reads the environment. */
export interface Config {
  /** HOST, 127.0.0.1: the address that pages and API listen on. */
  host: string;
  /** PORT, 3000. */
  port: number;
  /** BESEDA_DATA, `.beseda`, as an absolute path: the embedded servers' data, logs, files and the key. */
  dataFolder: string;
  /** DATABASE_URL; undefined means that the embedded PostgreSQL is used. */
  databaseUrl: string | undefined;
  /** TEMPORAL_ADDRESS (host:port); undefined means that the embedded Temporal is used. */
  temporalAddress: string | undefined;
  /** TEMPORAL_NAMESPACE, `default`. */
  temporalNamespace: string;
  /** TEMPORAL_API_KEY: for Temporal Cloud; implies TLS. */
  temporalApiKey: string | undefined;
  /** TEMPORAL_TLS: TLS without an API key. */
  temporalTls: boolean;
  /** TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY: contents of the client certificate and its key, for mutual TLS. */
  temporalClientCertificate: { crt: Buffer; key: Buffer } | undefined;
  /** TEMPORAL_CLI: path of the program that carries the embedded Temporal. */
  temporalCli: string | undefined;
  /** PATH, where the Temporal CLI is looked for. */
  searchPath: string;
  /** Ports of the embedded parts; undefined means any free one, which is the rule when PORT is set and they are not. */
  temporalUiPort: number | undefined;
  temporalPort: number | undefined;
  postgresPort: number | undefined;
  /** PUBLIC_URL without a trailing slash: the address that messengers and clients reach us at. */
  publicUrl: string | undefined;
  /** BESEDA_DEMO_TOKEN: fixes the demo account's API token. */
  demoToken: string | undefined;
  /** BESEDA_ALLOW_PRIVATE_ADDRESSES: accounts may have us call servers on private addresses. */
  allowPrivateAddresses: boolean;
  /** BESEDA_SECRET_KEY, 32 bytes: encrypts credentials at rest and signs. Made and kept in the data folder when not given. */
  secretKey: Buffer;
  /** BESEDA_FILES, `<data>/files`, as an absolute path. */
  filesFolder: string;
  /** S3_BUCKET with S3_REGION, S3_ENDPOINT, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY: files lie in a bucket instead of the folder. */
  filesBucket: S3Options | undefined;
  /** LOG_LEVEL, `info`. */
  logLevel: LogLevel;
  /** BESEDA_ENCRYPT_PAYLOADS: what Temporal stores is encrypted with the secret key. */
  encryptTemporalPayloads: boolean;
  /** METRICS_PORT: where a worker shows the metrics of Temporal's core; undefined shows none. */
  metricsPort: number | undefined;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A configuration that cannot work; the message names each variable and what to do about it, one sentence a line. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const port = z.coerce
  .number('must be a port number: give one from 1 to 65535')
  .int('must be a whole number')
  .min(1, 'must be from 1 to 65535')
  .max(65_535, 'must be from 1 to 65535');
const flag = z.stringbool({ error: 'must be true or false' });
const text = z.string();
const webAddress = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://chat.example.com' })
  .transform((url) => url.replace(/\/+$/, ''));

const environment = z.object({
  HOST: text.default('127.0.0.1'),
  PORT: port.optional(),
  BESEDA_DATA: text.default('.beseda'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must look like postgres://user:password@host:5432/beseda' }).optional(),
  TEMPORAL_ADDRESS: text
    .regex(/^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/, 'must be host:port without http://, such as temporal:7233')
    .optional(),
  TEMPORAL_NAMESPACE: text.regex(/^[\w.-]+$/, 'may hold letters, digits, dots, dashes and underscores only').default('default'),
  TEMPORAL_API_KEY: text.optional(),
  TEMPORAL_TLS: flag.default(false),
  TEMPORAL_TLS_CERT: text.optional(),
  TEMPORAL_TLS_KEY: text.optional(),
  TEMPORAL_CLI: text.optional(),
  PATH: text.default(''),
  TEMPORAL_UI_PORT: port.optional(),
  TEMPORAL_PORT: port.optional(),
  POSTGRES_PORT: port.optional(),
  PUBLIC_URL: webAddress.optional(),
  BESEDA_DEMO_TOKEN: text.regex(/^[\x21-\x7e]+$/, 'may hold no spaces or letters outside ASCII, since it travels in a header').optional(),
  BESEDA_ALLOW_PRIVATE_ADDRESSES: flag.default(false),
  BESEDA_SECRET_KEY: text
    .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64: make one with "openssl rand -base64 32"')
    .transform((value) => Buffer.from(value, 'base64'))
    .optional(),
  BESEDA_FILES: text.optional(),
  S3_BUCKET: text.optional(),
  S3_REGION: text.default('us-east-1'),
  S3_ENDPOINT: webAddress.optional(),
  S3_ACCESS_KEY_ID: text.optional(),
  S3_SECRET_ACCESS_KEY: text.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  BESEDA_ENCRYPT_PAYLOADS: flag.default(false),
  METRICS_PORT: port.optional(),
  NODE_ENV: text.optional(),
});

/**
 * Reads the environment, or the variables given instead of it. Empty values count as not given.
 * Makes the data folder and the key in it when they are missing and no key is given. Throws ConfigError.
 */
export function readConfig(variables: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`).join('\n'));
  const env = parsed.data;
  const dataFolder = resolve(env.BESEDA_DATA);
  // A second system on one machine names its port; then nothing else may collide with the first one's either.
  const alone = env.PORT === undefined;
  const embedded = env.DATABASE_URL === undefined || env.TEMPORAL_ADDRESS === undefined;
  if (env.NODE_ENV === 'production' && !embedded && env.BESEDA_SECRET_KEY === undefined) {
    throw new ConfigError(
      'BESEDA_SECRET_KEY must be given in production, the same for every process: make one with "openssl rand -base64 32".',
    );
  }
  return {
    host: env.HOST,
    port: env.PORT ?? 3000,
    dataFolder,
    databaseUrl: env.DATABASE_URL,
    temporalAddress: env.TEMPORAL_ADDRESS,
    temporalNamespace: env.TEMPORAL_NAMESPACE,
    temporalApiKey: env.TEMPORAL_API_KEY,
    temporalTls: env.TEMPORAL_TLS,
    temporalClientCertificate: clientCertificate(env.TEMPORAL_TLS_CERT, env.TEMPORAL_TLS_KEY),
    temporalCli: env.TEMPORAL_CLI,
    searchPath: env.PATH,
    temporalUiPort: env.TEMPORAL_UI_PORT ?? (alone ? 8233 : undefined),
    temporalPort: env.TEMPORAL_PORT,
    postgresPort: env.POSTGRES_PORT,
    publicUrl: env.PUBLIC_URL,
    demoToken: env.BESEDA_DEMO_TOKEN,
    allowPrivateAddresses: env.BESEDA_ALLOW_PRIVATE_ADDRESSES,
    secretKey: env.BESEDA_SECRET_KEY ?? keptSecret(dataFolder, 'secret.key'),
    filesFolder: resolve(env.BESEDA_FILES ?? join(dataFolder, 'files')),
    filesBucket: bucket(env),
    logLevel: env.LOG_LEVEL,
    encryptTemporalPayloads: env.BESEDA_ENCRYPT_PAYLOADS,
    metricsPort: env.METRICS_PORT,
  };
}

/**
 * 32 random bytes that are made once and kept in the data folder, readable by their owner only.
 * Two processes that make it at the same time end up with the same one.
 */
export function keptSecret(dataFolder: string, name: string): Buffer {
  const file = join(dataFolder, name);
  try {
    mkdirSync(dataFolder, { recursive: true });
    const draft = `${file}.${process.pid}`;
    try {
      readFileSync(file);
    } catch {
      writeFileSync(draft, randomBytes(32).toString('base64'), { mode: 0o600 });
      try {
        linkSync(draft, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      } finally {
        rmSync(draft, { force: true });
      }
    }
    return Buffer.from(readFileSync(file, 'utf8'), 'base64');
  } catch (error) {
    throw new ConfigError(
      `The data folder ${dataFolder} cannot be written (${(error as Error).message}): name another one in BESEDA_DATA or correct its rights.`,
    );
  }
}

function bucket(env: z.output<typeof environment>): S3Options | undefined {
  const { S3_BUCKET, S3_REGION, S3_ENDPOINT, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (S3_BUCKET === undefined) {
    if (S3_ENDPOINT !== undefined) throw new ConfigError('S3_BUCKET must name the bucket at S3_ENDPOINT: give both or neither.');
    return undefined;
  }
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    throw new ConfigError('S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: give both or neither.');
  const credentials = accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
  return { bucket: S3_BUCKET, region: S3_REGION, endpoint: S3_ENDPOINT, credentials };
}

function clientCertificate(crtFile: string | undefined, keyFile: string | undefined): Config['temporalClientCertificate'] {
  if (crtFile === undefined && keyFile === undefined) return undefined;
  if (crtFile === undefined || keyFile === undefined)
    throw new ConfigError('TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY belong together: give both files or neither.');
  try {
    return { crt: readFileSync(crtFile), key: readFileSync(keyFile) };
  } catch (error) {
    throw new ConfigError(`TEMPORAL_TLS_CERT and TEMPORAL_TLS_KEY must name readable files: ${(error as Error).message}.`);
  }
}

/** How every process connects to Temporal; fits both the client's and the worker's `connect`. */
export function temporalConnection(config: Config): {
  address: string;
  apiKey?: string;
  tls?: true | { clientCertPair: { crt: Buffer; key: Buffer } };
} {
  if (config.temporalAddress === undefined)
    throw new ConfigError('TEMPORAL_ADDRESS must be given to a process that runs alone, such as temporal:7233.');
  const pair = config.temporalClientCertificate;
  const tls =
    pair === undefined ? (config.temporalTls || config.temporalApiKey !== undefined ? true : undefined) : { clientCertPair: pair };
  return {
    address: config.temporalAddress,
    ...(config.temporalApiKey === undefined ? {} : { apiKey: config.temporalApiKey }),
    ...(tls === undefined ? {} : { tls }),
  };
}
