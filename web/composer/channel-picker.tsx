import { Menu } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '../../api/contract/index.ts';
import { ChannelIcon, Time } from '../ui/bits.tsx';
import css from './composer.module.css';

/** Where an answer goes: a chat that is there, or a channel in which the client is written to first. */
export interface Target {
  /** Absent: the chat begins with this message. */
  chatId?: string;
  channel: Contact['canBegin'][number];
}

export const sameTarget = (a: Target, b: Target) => a.chatId === b.chatId && a.channel.id === b.channel.id;

/** All chats of the contact, the one in which the client was last active named; below them channels that can begin. */
export function ChannelPicker({ contact, target, onTarget }: { contact: Contact; target: Target; onTarget: (target: Target) => void }) {
  const { t } = useTranslation();
  const chats = contact.chats.toSorted((a, b) => (b.lastClientAt ?? 0) - (a.lastClientAt ?? 0));
  const only = chats.length + contact.canBegin.length < 2;
  const lastActive = chats.length > 1 && chats[0]?.lastClientAt != null ? chats[0].id : undefined;
  return (
    <Menu position="top-start" width={300} disabled={only}>
      <Menu.Target>
        <button type="button" className={css.channel} aria-label={t('composer.channel', { name: target.channel.name })} disabled={only}>
          <ChannelIcon type={target.channel.type} size={16} />
          <span>{target.channel.name}</span>
          {!only && <IconChevronDown size={14} aria-hidden />}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {chats.map((chat) => (
          <Menu.Item
            key={chat.id}
            leftSection={<ChannelIcon type={chat.channel.type} />}
            rightSection={chat.lastClientAt === null ? undefined : <Time at={chat.lastClientAt} />}
            aria-current={chat.id === target.chatId}
            onClick={() => onTarget({ chatId: chat.id, channel: chat.channel })}
          >
            {chat.channel.name}
            {chat.id === lastActive && <small className={css.lastActive}> · {t('composer.lastActive')}</small>}
          </Menu.Item>
        ))}
        {contact.canBegin.length > 0 && (
          <>
            {chats.length > 0 && <Menu.Divider />}
            <Menu.Label>{t('composer.beginHere')}</Menu.Label>
            {contact.canBegin.map((channel) => (
              <Menu.Item
                key={channel.id}
                leftSection={<ChannelIcon type={channel.type} />}
                aria-current={target.chatId === undefined && target.channel.id === channel.id}
                onClick={() => onTarget({ channel })}
              >
                {channel.name}
              </Menu.Item>
            ))}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
