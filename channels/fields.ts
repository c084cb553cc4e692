import { wellFormed } from '../domain/message/clean.ts';

/** A text field as it may be stored. Throws TypeError for anything but a text: such an update is kept whole for a person to look at. */
export function textField(value: string): string {
  if (typeof value !== 'string') throw new TypeError('a text is missing');
  return wellFormed(value);
}

/** A text field that must say something: an id. */
export function idField(value: string): string {
  if (textField(value) === '') throw new TypeError('an id is empty');
  return value;
}

/** An integer field: an id, a time in seconds. */
export function integerField(value: number | undefined): number {
  if (value === undefined || !Number.isSafeInteger(value)) throw new TypeError('an integer is missing');
  return value;
}

export function numberField(value: number): number {
  if (!Number.isFinite(value)) throw new TypeError('a number is missing');
  return value;
}
