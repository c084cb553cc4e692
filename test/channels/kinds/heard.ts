import type { ChannelFact } from '../../../channels/channel.ts';
import type { Heard } from '../../../domain/message/heard.ts';

/** What became of a payload, told from its facts; `undefined`: the adapter could not read it, and what came is kept as it is. */
export function heard(facts: ChannelFact[] | undefined): Heard {
  if (facts === undefined) return 'kept';
  const [fact, second] = facts;
  if (second !== undefined) throw new Error(`one fact was expected: ${JSON.stringify(facts)}`);
  switch (fact?.type) {
    case undefined:
      return 'nobody';
    case 'messageReceived':
      return kindOf(fact.message);
    case 'messageEdited':
    case 'messageDeleted':
    case 'reactionChanged':
    case 'receiptCame':
      return 'mark';
    case 'clientBlocked':
    case 'clientUnblocked':
    case 'chatOpened':
      return 'reach';
    default:
      throw new Error(`nobody sent this: ${JSON.stringify(fact)}`);
  }
}

/** `line`: the tests' own messages carry no text beside such kinds. */
function kindOf(message: Extract<ChannelFact, { type: 'messageReceived' }>['message']): Heard {
  if (message.unsupported !== undefined) return 'unsupported';
  if (message.pressedKey !== undefined) return 'press';
  if (message.attachments.length > 0) return 'file';
  if (message.location !== undefined) return 'place';
  if (message.contact !== undefined) return 'contact';
  return /https?:|— |^> /.test(message.text) ? 'line' : 'text';
}
