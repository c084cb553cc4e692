/** Tells what an error of a turn means: the database was away (try the turn again), or an event itself cannot be stored (park it). */

/** Classes of Postgres errors that another try may mend: connection, resources, operator's hand, locks and serialisation. */
const PASSING_CLASSES = new Set(['08', '53', '57', '58', '40', '55', 'XX']);

export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return error.name === 'ServiceError' || error.name === 'TransportError';
  if (/^[0-9A-Z]{5}$/.test(code)) return PASSING_CLASSES.has(code.slice(0, 2));
  // The driver's and the network's own codes: CONNECTION_CLOSED, ECONNREFUSED, …
  return /^(CONNECT|CONNECTION|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/.test(code);
}

/** Postgres' unique violation: somebody stored the same a moment before. */
export function isRaced(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === '23505';
}
