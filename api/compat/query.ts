import { type FieldProblem, invalid } from './problem.ts';

/** From and to in epoch milliseconds, both included; seconds in the address. */
export interface Between {
  from?: number;
  to?: number;
}

export interface Page {
  number: number;
  limit: number;
}

/** The end of the year 9999: what a program means by a later one is "any". */
const LAST_SECOND = 253_402_300_799;
/** Lists longer than this in one filter are refused, so that no request becomes an endless query. */
const MOST_IDS = 250;

/**
 * Reads the vendor's query parameters (`filter[id][]=1&filter[id][1]=2`, `filter[created_at][from]=…`), collecting every wrong one.
 * Call `finish` after reading: it throws the 400 that names them all.
 */
export function readQuery(address: string) {
  const parameters = [...new URL(address).searchParams];
  const problems: FieldProblem[] = [];
  const one = (name: string) => parameters.findLast(([key]) => key === name)?.[1];
  const wrong = (code: FieldProblem['code'], path: string, detail: string) => void problems.push({ code, path, detail });

  const whole = (path: string, value: string | undefined): number | undefined => {
    if (value === undefined || value === '') return undefined;
    if (!/^-?\d{1,15}$/.test(value)) return wrong('InvalidType', path, 'This value should be a whole number.') as undefined;
    return Number(value);
  };

  return {
    /** Throws the problem of everything read so far that was wrong. */
    finish() {
      if (problems.length > 0) throw invalid(problems);
    },
    text: (name: string) => one(name) || undefined,
    integer: (name: string) => whole(name, one(name)),
    /** `1`, `true`: true; `0`, `false`: false; absent: undefined. */
    flag(name: string): boolean | undefined {
      const value = one(name);
      if (value === undefined || value === '') return undefined;
      if (value === '1' || value === 'true') return true;
      if (value === '0' || value === 'false') return false;
      return wrong('InvalidType', name, 'This value should be 1, 0, true or false.') as undefined;
    },
    /** `name=1`, `name=1,2`, `name[]=1` and `name[0]=1` alike; absent: undefined. */
    texts(name: string, most = MOST_IDS): string[] | undefined {
      const of = new RegExp(`^${literally(name)}(\\[\\d*\\])?$`);
      const found = parameters.filter(([key]) => of.test(key)).flatMap(([, value]) => value.split(','));
      const values = found.map((value) => value.trim()).filter((value) => value !== '');
      if (values.length > most) wrong('TooMany', name, `This collection should contain ${most} elements or less.`);
      return values.length === 0 ? undefined : values;
    },
    integers(name: string, most = MOST_IDS): number[] | undefined {
      const values = this.texts(name, most)?.map((value) => whole(name, value));
      return values?.filter((value) => value !== undefined);
    },
    /** Seconds, as `[from]` and `[to]`, or one value that means "from". */
    between(name: string): Between {
      const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : Math.min(seconds, LAST_SECOND) * 1000);
      const from = ms(whole(`${name}[from]`, one(`${name}[from]`)) ?? whole(name, one(name)));
      const to = ms(whole(`${name}[to]`, one(`${name}[to]`)));
      // A whole second is meant: what happened within it belongs to it.
      return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to: to + 999 }) };
    },
    /** Objects of a list such as `filter[statuses][0][status_id]=142`. */
    groups(name: string, keys: string[]): Record<string, number>[] {
      const of = new RegExp(`^${literally(name)}\\[(\\d*)\\]\\[(\\w+)\\]$`);
      const found = new Map<string, Record<string, number>>();
      for (const [path, text] of parameters) {
        const match = of.exec(path);
        const value = match === null || !keys.includes(match[2]!) ? undefined : whole(path, text);
        if (match === null || value === undefined) continue;
        found.set(match[1]!, { ...found.get(match[1]!), [match[2]!]: value });
      }
      return [...found.values()];
    },
    /** `order[updated_at]=desc`; the fallback where none is given. */
    order<Field extends string>(
      fields: readonly Field[],
      fallback: { by: Field; descending: boolean },
    ): { by: Field; descending: boolean } {
      for (const field of fields) {
        const direction = one(`order[${field}]`);
        if (direction === 'asc' || direction === 'desc') return { by: field, descending: direction === 'desc' };
        if (direction !== undefined) wrong('NotSupportedChoice', `order[${field}]`, 'The value should be asc or desc.');
      }
      return fallback;
    },
    /** What `with` names, lower case. */
    with: () => new Set((one('with') ?? '').split(',').map((word) => word.trim())),
    page(most: number, usual = Math.min(50, most)): Page {
      const number = whole('page', one('page')) ?? 1;
      const limit = whole('limit', one('limit')) ?? usual;
      if (number < 1) wrong('TooLow', 'page', 'This value should be 1 or more.');
      if (limit < 1) wrong('TooLow', 'limit', 'This value should be 1 or more.');
      if (limit > most) wrong('TooHigh', 'limit', `This value should be ${most} or less.`);
      return { number, limit };
    },
  };
}

export type Query = ReturnType<typeof readQuery>;

/** An id from the address: undefined for anything that cannot be one, which is then not found. */
export function pathId(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function literally(name: string): string {
  return name.replace(/[[\]]/g, '\\$&');
}
