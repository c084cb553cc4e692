/** A refusal of the Bot API with Telegram's own words. */
export class ApiFailure extends Error {
  readonly code: number;
  readonly description: string;
  readonly parameters: Record<string, number> | undefined;

  constructor(code: number, description: string, parameters?: Record<string, number>) {
    super(description);
    this.name = 'ApiFailure';
    this.code = code;
    this.description = description;
    this.parameters = parameters;
  }
}

export function badRequest(description: string): ApiFailure {
  return new ApiFailure(400, `Bad Request: ${description}`);
}
