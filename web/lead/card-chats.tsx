import { Menu } from '@mantine/core';
import { IconArrowsExchange, IconMessages } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { AttachTo, Contact, ContactChat, ConversationItem } from '../../api/contract/index.ts';
import { attachConversation, type CardOf, useContactCustomers } from '../data/cards.ts';
import { useContactLeads } from '../data/leads.ts';
import { useRuns } from '../data/queries.ts';
import { Badge, ChannelIcon, Empty, Skeleton, Time } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { toast } from '../ui/toasts.tsx';
import css from './tabs.module.css';

interface Target extends AttachTo {
  name: string;
  hint: string;
}

/** Said before the move: bots that work in the chat stay on the card that the conversation leaves. */
function StayingBots({ card, chatId }: { card: AttachTo; chatId: string }) {
  const { t } = useTranslation();
  const runs = useRuns(card).data ?? [];
  const here = runs.filter((run) => run.status !== 'ended' && (run.chatId === null || run.chatId === chatId));
  const names = [...new Set(here.map(({ bot }) => bot.name))];
  if (names.length === 0) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label fw={400} style={{ whiteSpace: 'normal' }}>
        {t('chats.botsStay', { count: names.length, names: names.join(', ') })}
      </Menu.Label>
    </>
  );
}

interface AttachMenuProps {
  number: number;
  chatId: string;
  from: AttachTo | undefined;
  targets: Target[];
}

/** Hangs the conversation on another card of the same client; the way back is offered. */
function AttachMenu({ number, chatId, from, targets }: AttachMenuProps) {
  const { t } = useTranslation();
  const attach = async ({ type, id, name }: Target) => {
    if ((await attachConversation(number, { type, id })) === undefined) return;
    toast({
      text: t('chats.attached', { number, name }),
      ...(from === undefined ? {} : { action: { label: t('common.undo'), run: () => void attachConversation(number, from) } }),
    });
  };
  return (
    <Menu position="bottom-end" width={280}>
      <Menu.Target>
        <IconButton small label={t('chats.attach', { number })}>
          <IconArrowsExchange size={16} stroke={1.6} aria-hidden />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: 'auto' }}>
        <Menu.Label>{targets.length === 0 ? t('chats.nowhere') : t('chats.attachTo')}</Menu.Label>
        {targets.map((target) => (
          <Menu.Item key={`${target.type}-${target.id}`} rightSection={<small>{target.hint}</small>} onClick={() => void attach(target)}>
            {target.name}
          </Menu.Item>
        ))}
        {from !== undefined && targets.length > 0 && <StayingBots card={from} chatId={chatId} />}
      </Menu.Dropdown>
    </Menu>
  );
}

interface CardChatsProps {
  card: CardOf;
  contact: Contact | null | undefined;
  conversations: ConversationItem[];
  mayEdit: boolean;
}

/** All chats of the client with what each hangs on, and the client's other cards. */
export function CardChats({ card, contact, conversations, mayEdit }: CardChatsProps) {
  const { t } = useTranslation();
  const leads = useContactLeads(contact?.id).data ?? [];
  const customers = useContactCustomers(contact?.id).data ?? [];
  if (contact === undefined) return <Skeleton height={64} />;
  if (contact === null || contact.chats.length === 0)
    return (
      <Empty icon={<IconMessages size={36} stroke={1.4} />} title={t('chats.empty')}>
        {t('chats.emptyHint')}
      </Empty>
    );
  const targets: Target[] = [
    ...leads.map(({ id, name, stage }) => ({ type: 'lead' as const, id, name, hint: stage.name })),
    ...customers.map(({ id, name }) => ({ type: 'customer' as const, id, name, hint: t('customer.title') })),
  ];
  const hanging = (chat: ContactChat) => conversations.find(({ chatId }) => chatId === chat.id)?.entity ?? undefined;
  const isHere = (target: CardOf) => target.type === card.type && target.id === card.id;
  const cardLine = (type: 'lead' | 'customer', item: { id: number; name: string }, hint: string) => (
    <li key={item.id} className={css.item}>
      <Link className={css.words} to={`/${type}s/${item.id}`}>
        {item.name}
      </Link>
      <span className={css.meta}>{isHere({ type, id: item.id }) ? <Badge>{t('chats.thisCard')}</Badge> : hint}</span>
    </li>
  );
  return (
    <div className={css.tab}>
      <h2>{t('chats.title')}</h2>
      <ul className={css.items}>
        {contact.chats.map((chat) => {
          const from = hanging(chat);
          const others = targets.filter(({ type, id }) => !(type === (from?.type ?? '') && id === from?.id));
          return (
            <li key={chat.id} className={css.item} data-chat={chat.id}>
              <ChannelIcon type={chat.channel.type} size={16} />
              <span className={css.words}>
                {chat.conversationNumber === null ? (
                  chat.channel.name
                ) : (
                  <Link to={`/inbox/${chat.conversationNumber}`}>
                    {chat.channel.name}, {t('chats.conversation', { number: chat.conversationNumber })}
                  </Link>
                )}
              </span>
              <span className={css.meta}>
                {chat.conversationNumber === null && t('chats.noConversation')}
                {chat.lastMessageAt !== null && <Time at={chat.lastMessageAt} />}
                {mayEdit && chat.conversationNumber !== null && (
                  <AttachMenu
                    number={chat.conversationNumber}
                    chatId={chat.id}
                    from={from === undefined ? undefined : { type: from.type, id: from.id }}
                    targets={others}
                  />
                )}
              </span>
            </li>
          );
        })}
      </ul>
      {leads.length > 0 && (
        <>
          <h2>{t('chats.leads')}</h2>
          <ul className={css.items}>{leads.map((lead) => cardLine('lead', lead, lead.stage.name))}</ul>
        </>
      )}
      {customers.length > 0 && (
        <>
          <h2>{t('chats.customers')}</h2>
          <ul className={css.items}>{customers.map((customer) => cardLine('customer', customer, customer.stage?.name ?? ''))}</ul>
        </>
      )}
    </div>
  );
}
