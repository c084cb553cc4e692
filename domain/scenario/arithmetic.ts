/** Arithmetic of `calculated` values and budgets: + - * / and brackets over decimal numbers. */

const OPERATORS: Record<string, { rank: number; apply: (left: number, right: number) => number }> = {
  '+': { rank: 1, apply: (left, right) => left + right },
  '-': { rank: 1, apply: (left, right) => left - right },
  '*': { rank: 2, apply: (left, right) => left * right },
  '/': { rank: 2, apply: (left, right) => left / right },
};
/** A sign before a number or bracket: binds tighter than every operator of two numbers. */
const NEGATE = 'negate';
const LONGEST = 2000;

/**
 * The value of an expression, rounded to ten digits after the point so that 0.1 + 0.2 is 0.3.
 * Undefined for anything that is no expression or has no finite value (division by zero).
 * A point or a comma separates decimals; spaces between digits group thousands.
 */
export function calculate(expression: string): number | undefined {
  const tokens = tokenize(expression);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const numbers: number[] = [];
  const operators: string[] = [];
  let wantsNumber = true;
  for (const token of tokens) {
    if (typeof token === 'number') {
      if (!wantsNumber) return undefined;
      numbers.push(token);
      wantsNumber = false;
    } else if (token === '(') {
      if (!wantsNumber) return undefined;
      operators.push(token);
    } else if (token === ')') {
      if (wantsNumber) return undefined;
      while (operators.length > 0 && operators.at(-1) !== '(') reduce(numbers, operators);
      if (operators.pop() !== '(') return undefined;
    } else if (wantsNumber) {
      if (token === '-') operators.push(NEGATE);
      else if (token !== '+') return undefined;
    } else {
      while (rank(operators.at(-1)) >= rank(token)) reduce(numbers, operators);
      operators.push(token);
      wantsNumber = true;
    }
  }
  if (wantsNumber || operators.includes('(')) return undefined;
  while (operators.length > 0) reduce(numbers, operators);
  const [value] = numbers;
  return value === undefined || !Number.isFinite(value) ? undefined : Number(value.toFixed(10)) + 0;
}

function rank(operator: string | undefined): number {
  if (operator === undefined) return 0;
  return operator === NEGATE ? 3 : (OPERATORS[operator]?.rank ?? 0);
}

function reduce(numbers: number[], operators: string[]): void {
  const operator = operators.pop()!;
  const right = numbers.pop()!;
  numbers.push(operator === NEGATE ? -right : OPERATORS[operator]!.apply(numbers.pop()!, right));
}

function tokenize(expression: string): (number | string)[] | undefined {
  if (expression.length > LONGEST) return undefined;
  const joined = expression.replace(/(\d)[\s\u00a0\u202f]+(?=\d)/g, '$1');
  const tokens: (number | string)[] = [];
  const pattern = /\s*(?:(\d+(?:[.,]\d+)?)|([-+*/()]))/y;
  while (pattern.lastIndex < joined.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(joined);
    if (match === null) return joined.slice(from).trim() === '' ? tokens : undefined;
    tokens.push(match[1] === undefined ? match[2]! : Number(match[1].replace(',', '.')));
  }
  return tokens;
}
