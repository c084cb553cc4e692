import type { Client } from '@temporalio/client';
import type { ChannelFact } from '../channels/channel.ts';
import {
  type ChatKey,
  type ConversationMessage,
  conversationSignalName,
  conversationWorkflowId,
  conversationWorkflowName,
} from '../workflows/messages.ts';
import { conversationStart } from '../workflows/starts.ts';

export interface Signaller {
  /**
   * Hands facts to the conversations of their chats; resolves when Temporal has all of them, rejects when it did not take one.
   * Facts of one chat go one after another, over all calls in this process: overlapping calls of one chat would lose their order.
   */
  deliver(channel: { accountId: number; id: number }, facts: ChannelFact[]): Promise<void>;
}

const DEADLINE_MS = 5000;

export function createSignaller(client: Client, baseUrl: string): Signaller {
  /** The last signal of each chat that is under way. */
  const chains = new Map<string, Promise<void>>();

  async function signal(key: ChatKey, fact: ChannelFact, arrivedAt: number): Promise<void> {
    const message: ConversationMessage = { type: 'fact', fact, arrivedAt };
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      client.workflow.signalWithStart(conversationWorkflowName, {
        ...conversationStart(key, baseUrl),
        signal: conversationSignalName,
        signalArgs: [message],
      }),
    );
  }

  function chained(key: ChatKey, fact: ChannelFact, arrivedAt: number): Promise<void> {
    const id = conversationWorkflowId(key);
    // A fact whose predecessor was not accepted is not sent: the messenger delivers both again, in order.
    const mine = (chains.get(id) ?? Promise.resolve()).then(() => signal(key, fact, arrivedAt));
    chains.set(id, mine);
    const forget = () => {
      if (chains.get(id) === mine) chains.delete(id);
    };
    mine.then(forget, forget);
    return mine;
  }

  return {
    async deliver(channel, facts) {
      const arrivedAt = Date.now();
      const byChat = new Map<string, ChannelFact[]>();
      for (const fact of facts) byChat.set(fact.chat.externalChatId, [...(byChat.get(fact.chat.externalChatId) ?? []), fact]);
      await Promise.all(
        [...byChat].map(async ([externalChatId, ofChat]) => {
          const key = { accountId: channel.accountId, channelId: channel.id, externalChatId };
          // Queued at once, so that a later webhook of this chat comes after all of them; the first refusal fails the call.
          await Promise.all(ofChat.map((fact) => chained(key, fact, arrivedAt)));
        }),
      );
    },
  };
}
