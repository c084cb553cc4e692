/** When people hear that a client wrote, while bots may be listening. Asked once a turn and chat, after everything of the turn has happened. */

export interface Hearing {
  /** What the turn's messages asked for: the first of an unread stretch, a further one, or none. */
  wrote: 'first' | 'again' | undefined;
  /** The conversation is in work and nobody has read it. */
  isUnread: boolean;
  /** The client still waits for an answer. */
  waits: boolean;
  /** At the turn's end a bot holds what the client writes: it listens and took the message, or lines are being gathered for one. */
  botHolds: boolean;
  /** At its beginning a bot held it. */
  botHeld: boolean;
  /** The account's setting: tell also while a bot listens. */
  alsoWhileBotListens: boolean;
}

/** `unlessTold`: only when nobody has been told of this unread stretch yet. */
export function whenToTell({ wrote, isUnread, waits, botHolds, botHeld, alsoWhileBotListens }: Hearing): 'now' | 'unlessTold' | 'no' {
  if (!isUnread) return 'no';
  if (botHolds && !alsoWhileBotListens) return 'no';
  if (wrote === 'first') return 'now';
  // A bot that held may have kept an earlier message from being told of.
  if (wrote === 'again') return botHolds || botHeld ? 'unlessTold' : 'no';
  return botHeld && !botHolds && waits ? 'unlessTold' : 'no';
}
