import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy';
import { wellFormed } from '../domain/message/clean.ts';
import { FileRefused } from '../files/storage.ts';

/** Of one text field. The longest is a message with its buttons. */
const TEXT_BYTES = 256 * 1024;
const TEXTS_MOST = 50;

/** Why a form was not taken; the words are for the person who sent it and begin with the field that is wrong, where one is. */
export class FormRefused extends Error {
  readonly code: FileRefused['code'] | 'unreadable' | 'too_many';
  readonly field: string | undefined;
  /** What is wrong, without the field's name. */
  readonly words: string;

  constructor(code: FormRefused['code'], words: string, options: { field?: string; cause?: unknown } = {}) {
    super(options.field === undefined ? words : `${options.field}: ${words}`, { cause: options.cause });
    this.name = 'FormRefused';
    this.code = code;
    this.field = options.field;
    this.words = words;
  }
}

/** A file as it comes in; `name` and `claimedMime` are what the sender says. */
export interface Upload {
  name: string;
  claimedMime: string;
  body: Readable;
}

export interface FormTaker<Stored> {
  /** Fields whose files are taken; those of others are read over. */
  fields: string[];
  /** How many files a form may bring, counted over all fields. */
  most: number;
  /** Reads the file to its end, or throws: FileRefused where the sender is to be told why. */
  save(upload: Upload): Promise<Stored>;
  /** Takes back what was saved of a form that is refused. Does not throw. */
  remove(stored: Stored[]): Promise<void>;
}

export interface Form<Stored> {
  /** Of a field that comes twice, the first. */
  texts: Map<string, string>;
  /** In the order of the form. */
  files: Stored[];
}

/**
 * Reads a multipart form while it arrives: each file goes into `save` as it comes, one after another, and no faster than it is stored, so that none stands
 * in memory. Throws FormRefused, with what the body threw as its `cause`, or what `save` threw; what was saved of the form is removed again then. How much
 * a body may have in all is limited where requests come in (api/limits.ts).
 */
export async function readForm<Stored>(request: Request, taker: FormTaker<Stored>): Promise<Form<Stored>> {
  const texts = new Map<string, string>();
  const files: Stored[] = [];
  const parser = parserOf(request, taker.most);
  const source = Readable.fromWeb(request.body as WebStream<Uint8Array>);
  const arriving: BusboyFileStream[] = [];
  let saving: Promise<void> = Promise.resolve();
  const save = async (field: string, upload: Upload) => {
    try {
      files.push(await taker.save(upload));
    } catch (cause) {
      throw cause instanceof FileRefused ? new FormRefused(cause.code, cause.message, { field, cause }) : cause;
    }
  };
  try {
    await new Promise<void>((resolve, reject) => {
      parser.on('field', (field: string | undefined, value, _isNameCut, isCut) => {
        if (isCut)
          reject(new FormRefused('too_large', `a text may have up to ${TEXT_BYTES / 1024} KB`, field === undefined ? {} : { field }));
        else if (field !== undefined && !texts.has(field)) texts.set(field, wellFormed(value));
      });
      parser.on('file', (field, body, name, _encoding, claimedMime) => {
        // The parser tells a file of an error without ending it: whoever reads it would wait for ever.
        body.on('error', (error) => body.destroy(error));
        if (!taker.fields.includes(field)) return void body.resume();
        arriving.push(body);
        saving = saving.then(() => save(field, { name: unescaped(name), claimedMime, body }));
        saving.catch(reject);
      });
      const field = taker.fields[0] ?? '';
      parser.on('filesLimit', () => reject(new FormRefused('too_many', `no more than ${taker.most} at a time`, { field })));
      parser.on('fieldsLimit', () => reject(new FormRefused('too_many', `A form may have up to ${TEXTS_MOST} texts`)));
      parser.on('error', (cause) => reject(new FormRefused('unreadable', 'The form ends in its middle: send it again', { cause })));
      parser.on('finish', () => void saving.then(resolve, reject));
      source.on('error', (cause) => reject(new FormRefused('unreadable', 'The form broke off: send it again', { cause })));
      source.pipe(parser);
    });
    return { texts, files };
  } catch (error) {
    source.unpipe(parser);
    for (const body of arriving) body.destroy(error as Error);
    await Promise.allSettled([saving]);
    await taker.remove(files);
    // The rest is read over: browsers come to read an answer only once they have sent everything.
    source.resume();
    await finished(source).catch(() => undefined);
    throw error;
  }
}

function parserOf(request: Request, files: number): BusboyInstance {
  const type = request.headers.get('Content-Type') ?? '';
  const limits = { files, fields: TEXTS_MOST, fieldSize: TEXT_BYTES };
  try {
    if (request.body === null || !/^multipart\/form-data\b/i.test(type)) throw new Error('no form');
    return new Busboy({ headers: { 'content-type': type }, limits, isPartAFile: (_field, _type, name) => name !== undefined });
  } catch (cause) {
    throw new FormRefused('unreadable', 'Send multipart/form-data with its boundary', { cause });
  }
}

/** Browsers write quotes and line breaks in names this way (https://html.spec.whatwg.org/#multipart-form-data). */
const unescaped = (name: string) => name.replaceAll('%22', '"').replace(/%0[AD]/g, ' ');
