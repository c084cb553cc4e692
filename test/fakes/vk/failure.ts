/** A refusal of the API: an error object at HTTP 200, with VK's own code and words. */
export class ApiFailure extends Error {
  readonly code: number;

  constructor(code: number, words: string) {
    super(words);
    this.name = 'ApiFailure';
    this.code = code;
  }
}

export function badParameter(words: string): ApiFailure {
  return new ApiFailure(100, `One of the parameters specified was missing or invalid: ${words}`);
}
