import { useState } from 'react';
import type { Contact, Conversation, Customer, Lead } from '../../api/contract/index.ts';
import type { Target } from '../composer/channel-picker.tsx';
import { Composer } from '../composer/composer.tsx';
import { problemWords } from '../data/words.ts';
import { Notice } from '../ui/bits.tsx';
import { Head } from './head.tsx';
import { RunStrip } from './run-strip.tsx';
import { Thread } from './thread.tsx';
import { TraceDialog } from './trace.tsx';
import { useReading } from './use-reading.ts';
import { useTeamNotices } from './use-team-notices.ts';

interface WorkspaceProps {
  /** The conversation that is open; on the card none is named and the latest one in work is taken. */
  conversation?: Conversation | undefined;
  error?: Error | undefined;
  contact: Contact | undefined;
  /** What the conversations hang on: one of the two. */
  lead?: Lead | undefined;
  customer?: Customer | undefined;
  backTo?: string | undefined;
  card?: { open: boolean; toggle: () => void } | undefined;
}

/**
 * Where the composer writes: what was chosen; the open conversation's chat; the chat in which the client was last active; a channel in which we may begin.
 * A chat that has begun meanwhile takes the place of the channel it was begun in.
 */
function targetOf(contact: Contact | undefined, chosen: Target | undefined, chatId: string | undefined): Target | undefined {
  if (contact === undefined) return undefined;
  const byActivity = contact.chats.toSorted((a, b) => (b.lastClientAt ?? 0) - (a.lastClientAt ?? 0));
  const begun = chosen?.chatId === undefined ? byActivity.find(({ channel }) => channel.id === chosen?.channel.id) : undefined;
  if (chosen !== undefined && begun === undefined) return chosen;
  const chat = begun ?? byActivity.find(({ id }) => id === chatId) ?? byActivity[0];
  if (chat !== undefined) return { chatId: chat.id, channel: chat.channel };
  return contact.canBegin[0] === undefined ? undefined : { channel: contact.canBegin[0] };
}

/** Head, thread, strip of bots and composer: the same on the inbox and on the card. */
export function Workspace({ conversation, error, contact, lead, customer, backTo, card }: WorkspaceProps) {
  const [chosen, setChosen] = useState<Target>();
  const all = ((lead ?? customer)?.conversations ?? []).toSorted(
    (a, b) => Number(a.status === 'closed') - Number(b.status === 'closed') || b.lastMessageAt - a.lastMessageAt,
  );
  const target = targetOf(contact, chosen, conversation?.chatId);
  const chatId = target?.chatId;
  const talk = conversation !== undefined && chatId === conversation.chatId ? conversation : all.find((each) => each.chatId === chatId);
  useReading(talk);
  useTeamNotices(talk?.number);
  if (error !== undefined && conversation === undefined)
    return (
      <div style={{ padding: 16 }}>
        <Notice state="late">{problemWords(error)}</Notice>
      </div>
    );
  return (
    <>
      <Head
        talk={talk}
        others={all}
        onChoose={(number) => {
          const item = all.find((each) => each.number === number);
          if (item !== undefined) setChosen({ chatId: item.chatId, channel: item.channel });
        }}
        ofTeam={(talk ?? conversation ?? all[0])?.number}
        runs={(lead ?? customer)?.runs ?? []}
        contact={contact}
        name={contact?.name ?? conversation?.contact.name ?? (lead ?? customer)?.name}
        backTo={backTo}
        card={card}
      />
      <Thread contact={contact} leadId={lead?.contact?.id === contact?.id ? lead?.id : undefined} />
      {lead !== undefined ? (
        <RunStrip card={{ ...lead, type: 'lead' }} conversationNumber={talk?.number} />
      ) : (
        customer !== undefined && <RunStrip card={{ ...customer, type: 'customer' }} conversationNumber={talk?.number} />
      )}
      {contact !== undefined && (
        <Composer key={contact.id} contact={contact} target={target} talk={talk} leadId={lead?.id} onTarget={setChosen} />
      )}
      <TraceDialog />
    </>
  );
}
