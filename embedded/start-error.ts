/** The system cannot start here; the message is a whole sentence for the person who started us: what is wrong, what was tried, what to do. */
export class StartError extends Error {
  override name = 'StartError';
}
