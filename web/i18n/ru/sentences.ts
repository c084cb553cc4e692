/** What the server says in English, in Russian; `{0}`, `{1}` … stand for what a sentence names. A test finds a sentence of the sources that has no words here. */
import { connecting } from './sentences/connecting.ts';
import { delivery } from './sentences/delivery.ts';
import { fields } from './sentences/fields.ts';
import { refusals } from './sentences/refusals.ts';

export const sentences: Record<string, string> = { ...refusals, ...fields, ...connecting, ...delivery };
