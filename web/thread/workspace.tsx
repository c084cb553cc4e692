import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact, Conversation, Lead } from '../../api/contract/index.ts';
import { Composer } from '../composer/composer.tsx';
import { problemWords } from '../data/words.ts';
import { Notice } from '../ui/bits.tsx';
import { Head } from './head.tsx';
import { RunStrip } from './run-strip.tsx';
import { Thread } from './thread.tsx';
import { TraceDialog } from './trace.tsx';
import { useReading } from './use-reading.ts';

interface WorkspaceProps {
  /** The conversation that is open; on the card none is named and the latest one in work is taken. */
  conversation?: Conversation | undefined;
  error?: Error | undefined;
  contact: Contact | undefined;
  lead: Lead | undefined;
  backTo?: string | undefined;
  card?: { open: boolean; toggle: () => void } | undefined;
}

/** Head, thread, strip of bots and composer: the same on the inbox and on the card. */
export function Workspace({ conversation, error, contact, lead, backTo, card }: WorkspaceProps) {
  const { t } = useTranslation();
  const [chosenChat, setChosenChat] = useState<string>();
  const all = (lead?.conversations ?? []).toSorted(
    (a, b) => Number(a.status === 'closed') - Number(b.status === 'closed') || b.lastMessageAt - a.lastMessageAt,
  );
  const chats = contact?.chats ?? [];
  const chatId =
    chosenChat ?? conversation?.chatId ?? all[0]?.chatId ?? chats.toSorted((a, b) => (b.lastClientAt ?? 0) - (a.lastClientAt ?? 0))[0]?.id;
  const chat = chats.find(({ id }) => id === chatId);
  const talk = conversation !== undefined && chatId === conversation.chatId ? conversation : all.find((each) => each.chatId === chatId);
  useReading(talk);
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
        onChoose={(number) => setChosenChat(all.find((each) => each.number === number)?.chatId)}
        lead={lead}
        name={contact?.name ?? conversation?.contact.name ?? lead?.name}
        backTo={backTo}
        card={card}
      />
      <Thread contact={contact} leadId={lead?.contact?.id === contact?.id ? lead?.id : undefined} />
      {lead !== undefined && <RunStrip lead={lead} conversationNumber={talk?.number} />}
      {contact !== undefined &&
        (chat === undefined ? (
          <div style={{ padding: 12 }}>
            <Notice>{t('composer.noChat')}</Notice>
          </div>
        ) : (
          <Composer key={contact.id} contact={contact} chat={chat} talk={talk} onChat={setChosenChat} />
        ))}
      <TraceDialog />
    </>
  );
}
