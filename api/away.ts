/** Postgres' classes for connection, resources, operator's hand and system: the same request may succeed a moment later. */
const AWAY_CLASSES = new Set(['08', '53', '57', '58']);

/** Whether an error says that Postgres cannot be reached: the driver's and the network's codes, wherever in the chain of causes. */
export function isDatabaseAway(error: unknown): boolean {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (typeof code !== 'string') continue;
    if (/^[0-9A-Z]{5}$/.test(code) && AWAY_CLASSES.has(code.slice(0, 2))) return true;
    if (/^(CONNECT_|CONNECTION_|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/.test(code)) return true;
  }
  return false;
}
