import { IconMessages } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { CustomerPanel } from '../customer/panel.tsx';
import { useCustomer } from '../data/cards.ts';
import { conversationOrders } from '../data/orders.ts';
import { useContact, useConversation, useLead } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { ContactPanel, LeadPanel } from '../lead/panel.tsx';
import { useHotkeys } from '../lib/hotkeys.ts';
import { stored } from '../lib/storage.ts';
import { useClose } from '../thread/use-close.ts';
import { Workspace } from '../thread/workspace.tsx';
import { Empty, Kbd } from '../ui/bits.tsx';
import { toast } from '../ui/toasts.tsx';
import { useInboxAddress } from './address.ts';
import css from './inbox.module.css';
import { ConversationList } from './list.tsx';
import { useShownViews, Views } from './views.tsx';

const wide = () => matchMedia('(min-width: 1280px)').matches;

/** Whether the card stands beside the thread: kept on this device for desks, closed at first where it would cover the thread. */
function useCardPane(): [boolean, () => void] {
  const [open, setOpen] = useState(() => wide() && stored.read('card') !== 'closed');
  return [
    open,
    () => {
      if (wide()) stored.write('card', open ? 'closed' : undefined);
      setOpen(!open);
    },
  ];
}

function Open({ number }: { number: number }) {
  const { linkTo } = useInboxAddress();
  const { data: conversation, error } = useConversation(number);
  const leadId = conversation?.entity?.type === 'lead' ? conversation.entity.id : undefined;
  const customerId = conversation?.entity?.type === 'customer' ? conversation.entity.id : undefined;
  const customer = useCustomer(customerId).data;
  const lead = useLead(leadId).data;
  const contactId = conversation?.contact.id;
  const alone = useContact(leadId === undefined ? contactId : undefined).data;
  const contact = lead?.contact?.id === contactId ? lead?.contact : alone;
  const [cardOpen, toggleCard] = useCardPane();
  return (
    <>
      <section className={css.thread}>
        <Workspace
          key={number}
          conversation={conversation}
          error={error ?? undefined}
          contact={contact ?? undefined}
          lead={lead}
          customer={customer}
          backTo={linkTo(undefined)}
          card={{ open: cardOpen, toggle: toggleCard }}
        />
      </section>
      {cardOpen && (
        <aside className={css.card}>
          {customerId !== undefined ? (
            <CustomerPanel customer={customer} inInbox onClose={toggleCard} />
          ) : leadId === undefined && conversation !== undefined ? (
            <ContactPanel contact={contact ?? undefined} />
          ) : (
            <LeadPanel lead={lead} inInbox onClose={toggleCard} />
          )}
        </aside>
      )}
    </>
  );
}

/** Conversations left, the open one right: who waits longest stands first. */
export default function InboxPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { number, viewLink, linkTo } = useInboxAddress();
  const close = useClose();
  const views = useShownViews();
  useEffect(() => {
    document.title = `${number === undefined ? t('nav.inbox') : `#${number}`} · Beseda`;
  }, [number, t]);
  useHotkeys({
    ...Object.fromEntries(views.map((view, index) => [String(index + 1), () => void navigate(viewLink(view))])),
    escape: () => number !== undefined && void navigate(linkTo(undefined)),
    r: () => document.querySelector<HTMLElement>('[data-composer]')?.focus(),
  });
  return (
    <div className={css.page} data-open={number !== undefined}>
      <Views />
      <ConversationList
        onKey={(key, item) => {
          if (key === 'close') void close(item.number);
          else
            conversationOrders.noReplyNeeded(item.number).then(
              () => toast({ text: t('talk.noReplyDone', { number: item.number }) }),
              (error: unknown) => toast({ state: 'late', text: problemWords(error) }),
            );
        }}
      />
      {number === undefined ? (
        <section className={css.thread}>
          <Empty icon={<IconMessages size={40} stroke={1.3} />} title={t('inbox.choose')}>
            <Kbd>J</Kbd> <Kbd>K</Kbd> {t('inbox.chooseKeys')} <Kbd>Enter</Kbd> {t('inbox.chooseOpen')}
          </Empty>
        </section>
      ) : (
        <Open key={number} number={number} />
      )}
    </div>
  );
}
