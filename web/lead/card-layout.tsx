import { IconArrowLeft } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { Contact, ConversationItem } from '../../api/contract/index.ts';
import { type CardOf, useTasks } from '../data/cards.ts';
import { InternalPanel } from '../internal/panel.tsx';
import { Count } from '../ui/bits.tsx';
import { CardChats } from './card-chats.tsx';
import { CardEvents } from './card-events.tsx';
import { CardNotes } from './card-notes.tsx';
import { CardTasks } from './card-tasks.tsx';
import css from './page.module.css';

const tabs = ['thread', 'tasks', 'notes', 'events', 'chats'] as const;
type Tab = (typeof tabs)[number] | 'fields';

interface CardLayoutProps {
  card: CardOf;
  /** Where the list is that it belongs to, and its name. */
  list: { to: string; label: string; back: string };
  title: string;
  /** Absent while it is being fetched; null: the card has no client. */
  contact: Contact | null | undefined;
  conversations: ConversationItem[];
  mayEdit: boolean;
  panel: ReactNode;
  thread: ReactNode;
}

/** The card of a lead or a customer: what is known left; right, by tabs, all that was said, is to be done, was noted and happened. */
export function CardLayout({ card, list, title, contact, conversations, mayEdit, panel, thread }: CardLayoutProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('tab');
  const tab: Tab = asked === 'fields' ? 'fields' : (tabs.find((each) => each === asked) ?? 'thread');
  // A wide page shows the fields anyway: beside them stands the thread.
  const right = tab === 'fields' ? 'thread' : tab;
  const toDo = useTasks(card).data?.filter(({ completedAt }) => completedAt === null).length ?? 0;
  const choose = (next: Tab) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        if (next === 'thread') after.delete('tab');
        else after.set('tab', next);
        return after;
      },
      { replace: true },
    );
  const button = (each: Tab, phoneOnly = false) => (
    <button
      key={each}
      type="button"
      role="tab"
      id={`tab-${each}`}
      aria-selected={tab === each || (each === 'thread' && tab === 'fields' && !phoneOnly)}
      data-chosen={tab === each}
      data-right={right === each}
      className={phoneOnly ? css.phoneTab : undefined}
      onClick={() => choose(each)}
    >
      {each === 'fields' ? title : t(`tab.${each}`)}
      {each === 'tasks' && <Count value={toDo} />}
    </button>
  );
  return (
    <div className={css.page} data-pane={tab === 'fields' ? 'fields' : 'thread'}>
      <aside className={css.fields} aria-label={title}>
        <nav className={css.crumbs}>
          <Link to={list.to}>
            <IconArrowLeft size={16} aria-hidden /> {list.label}
          </Link>
          <span>№ {card.id}</span>
        </nav>
        {panel}
      </aside>
      <div className={css.panes}>
        <Link to={list.to} aria-label={list.back} className={css.backLink}>
          <IconArrowLeft size={20} aria-hidden />
        </Link>
        <div className={css.tabs} role="tablist" aria-label={t('tab.label')}>
          {button('fields', true)}
          {tabs.map((each) => button(each))}
        </div>
      </div>
      <section className={css.thread} role="tabpanel" aria-labelledby={`tab-${right}`}>
        {right === 'thread' && thread}
        {right === 'tasks' && <CardTasks card={card} mayEdit={mayEdit} />}
        {right === 'notes' && <CardNotes card={card} mayEdit={mayEdit} />}
        {right === 'events' && <CardEvents card={card} />}
        {right === 'chats' && <CardChats card={card} contact={contact} conversations={conversations} mayEdit={mayEdit} />}
      </section>
      {card.type === 'lead' && <InternalPanel leadId={card.id} />}
    </div>
  );
}
