/** A refusal of the API: an HTTP status with `{code, message}`. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, code: string, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const badPayload = (message: string) => new ApiFailure(400, 'proto.payload', message);
export const notReady = () => new ApiFailure(400, 'attachment.not.ready', 'Key: errors.process.attachment.file.not.processed');
