/** A refusal of Viber's API: a status at HTTP 200. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(status: number, words: string) {
    super(words);
    this.name = 'ApiFailure';
    this.status = status;
  }
}

export const badData = (words: string) => new ApiFailure(3, `badData: ${words}`);
export const missingData = (field: string) => new ApiFailure(4, `missingData: ${field} is missing`);
