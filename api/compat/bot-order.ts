import { isRecord } from './answer.ts';
import { CompatProblem, type FieldProblem, invalid } from './problem.ts';

/** "Run this bot on that", checked. */
export interface BotOrder {
  botId: number;
  entity: 'lead' | 'contact';
  entityId: number;
}

/** How the entity's type is written: v4 by words, v2 by numbers; stop knows leads only. */
type Spelling = 'words' | 'numbers' | 'leadsOnly';

const entities: Record<Spelling, Record<string, BotOrder['entity']>> = {
  words: { leads: 'lead', contacts: 'contact' },
  numbers: { 1: 'contact', 2: 'lead' },
  leadsOnly: { leads: 'lead' },
};
const MOST = 100;

/** Reads one order; names every wrong field (400). `request` is its place in the batch. */
export function readBotOrder(body: unknown, request: number, spelling: Spelling): BotOrder {
  if (!isRecord(body)) throw new CompatProblem(400, 'The body should be an object with entity_id and entity_type.');
  const errors: FieldProblem[] = [];
  const botId = positive(body.bot_id, 'bot_id', errors);
  const entityId = positive(body.entity_id, 'entity_id', errors);
  const word = body.entity_type;
  const entity = typeof word === 'string' || typeof word === 'number' ? entities[spelling][String(word)] : undefined;
  if (word === undefined) errors.push({ code: 'FieldMissing', path: 'entity_type', detail: 'This field is missing.' });
  else if (entity === undefined) {
    const choices = Object.keys(entities[spelling]).join(', ');
    errors.push({ code: 'NotSupportedChoice', path: 'entity_type', detail: `The value you selected is not a valid choice: ${choices}.` });
  }
  if (errors.length > 0 || entity === undefined) throw invalid(errors, request);
  return { botId, entity, entityId };
}

/** Reads a batch of at most 100; the errors of all its orders come together. */
export function readBotOrders(body: unknown, spelling: Spelling): BotOrder[] {
  if (!Array.isArray(body) || body.length === 0 || body.length > MOST) {
    throw new CompatProblem(400, `The body should be a list of 1 to ${MOST} runs.`);
  }
  const orders: BotOrder[] = [];
  const wrong: CompatProblem['fields'] = [];
  for (const [request, item] of body.entries()) {
    try {
      orders.push(readBotOrder(item, request, spelling));
    } catch (error) {
      if (!(error instanceof CompatProblem)) throw error;
      wrong.push(...error.fields);
    }
  }
  if (wrong.length > 0) throw new CompatProblem(400, 'Request validation failed', wrong);
  return orders;
}

function positive(value: unknown, path: string, errors: FieldProblem[]): number {
  if (value === undefined) errors.push({ code: 'FieldMissing', path, detail: 'This field is missing.' });
  else if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    errors.push({ code: 'InvalidType', path, detail: 'This value should be of type int.' });
  } else if (value < 1) errors.push({ code: 'TooLow', path, detail: 'This value should be 1 or more.' });
  else return value;
  return 0;
}
