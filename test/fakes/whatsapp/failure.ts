/** A refusal of the Graph API: `{"error":…}` at an HTTP status of its own. */
export class ApiFailure extends Error {
  readonly code: number;
  readonly httpStatus: number;
  readonly details: string;

  constructor(code: number, message: string, details = '', httpStatus = 400) {
    super(message);
    this.name = 'ApiFailure';
    this.code = code;
    this.httpStatus = httpStatus;
    this.details = details;
  }

  /** As Graph writes it. */
  body(): Record<string, unknown> {
    return {
      error: {
        message: `(#${this.code}) ${this.message}`,
        type: 'OAuthException',
        code: this.code,
        error_data: { messaging_product: 'whatsapp', details: this.details || this.message },
        fbtrace_id: 'AbCdEfGhIjKlMnOp',
      },
    };
  }
}

export const invalid = (details: string) => new ApiFailure(100, 'Invalid parameter', details);
export const missing = (field: string) => new ApiFailure(131008, 'Required parameter is missing', `The parameter ${field} is required.`);
export const wrongValue = (details: string) => new ApiFailure(131009, 'Parameter value is not valid', details);
