import { IconPlug, IconPlus } from '@tabler/icons-react';
import { startTransition, useOptimistic, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, ChannelChange, Channels as ChannelList, ChannelTest } from '../../api/contract/index.ts';
import { businessAccountsIn } from '../../domain/message/business.ts';
import { call } from '../data/client.ts';
import { order } from '../data/orders.ts';
import { useChannels, useUsers } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords, serverWords } from '../data/words.ts';
import { Badge, ChannelIcon, Dot, Empty, Notice, Skeleton } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Select, Switch } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { BusinessAccounts } from './business-accounts.tsx';
import { Colleagues } from './colleagues.tsx';
import { Connect } from './connect.tsx';
import { WebchatSettings } from './webchat.tsx';

export const refetchChannels = () => queryClient.invalidateQueries({ queryKey: ['channels'] });

export async function changeChannel(channel: Channel, change: ChannelChange): Promise<boolean> {
  try {
    await call<Channel>('PATCH', `/api/channels/${channel.id}`, { body: change, idempotencyKey: crypto.randomUUID() });
    return true;
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
    return false;
  } finally {
    await refetchChannels();
  }
}

type MessengerType = ChannelList['types'][number];

interface ResponsibleProps {
  channel: Channel;
  disabled: boolean;
  onChange: (settings: Channel['settings']) => void;
}

/** To whom conversations of nobody's contacts fall. */
function Responsible({ channel, disabled, onChange }: ResponsibleProps) {
  const { t } = useTranslation();
  const users = useUsers().data?.filter(({ isActive }) => isActive) ?? [];
  const rule = channel.settings.responsible ?? { rule: 'connectingUser' };
  const value = rule.rule === 'fixed' ? `user-${rule.userId}` : rule.rule;
  const choose = (next: string) => {
    const userId = /^user-(\d+)$/.exec(next)?.[1];
    const responsible = userId === undefined ? { rule: next as 'nobody' } : { rule: 'fixed' as const, userId: Number(userId) };
    onChange({ ...channel.settings, responsible });
  };
  return (
    <Select
      label={t('channel.responsible')}
      hint={rule.rule === 'nobody' ? t('channel.responsible.nobodyHint') : undefined}
      value={value}
      disabled={disabled}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="connectingUser">{t('channel.responsible.connectingUser', { name: channel.connectedBy?.name ?? '—' })}</option>
      <option value="roundRobin">{t('channel.responsible.roundRobin')}</option>
      <option value="nobody">{t('channel.responsible.nobody')}</option>
      <optgroup label={t('channel.responsible.fixed')}>
        {users.map(({ id, name }) => (
          <option key={id} value={`user-${id}`}>
            {name}
          </option>
        ))}
      </optgroup>
    </Select>
  );
}

function ChannelCard({ channel: stored, type, disabled }: { channel: Channel; type: MessengerType | undefined; disabled: boolean }) {
  const { t } = useTranslation();
  const [channel, show] = useOptimistic(stored);
  const change = (next: Pick<ChannelChange, 'settings' | 'shortLinks'>) =>
    startTransition(async () => {
      show({ ...channel, ...next });
      await changeChannel(stored, next);
    });
  const [result, setResult] = useState<ChannelTest>();
  const [working, setWorking] = useState(false);
  const [asking, setAsking] = useState(false);
  const connected = channel.state === 'connected';
  const test = async () => {
    setWorking(true);
    try {
      setResult(await order<ChannelTest>(`/api/channels/${channel.id}/test`));
    } catch (error) {
      setResult({ ok: false, words: problemWords(error) });
    }
    setWorking(false);
    await refetchChannels();
  };
  const disconnect = async () => {
    setWorking(true);
    try {
      await call('DELETE', `/api/channels/${channel.id}`);
      toast({ text: t('channel.disconnected', { name: channel.name }) });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    setWorking(false);
    setAsking(false);
    await refetchChannels();
  };
  const username = channel.facts.username;
  const [account] = businessAccountsIn(channel.facts);
  // The other one is a page of ours: nothing is received from elsewhere, and its links need no shortening to be followed.
  const isMessenger = type?.ownPage !== true;
  return (
    <section className={pageCss.card} data-channel={channel.id}>
      <div className={pageCss.cardHead}>
        <ChannelIcon type={channel.type} size={20} />
        <h2>{channel.name}</h2>
        <Badge state={connected ? (channel.words === '' ? 'ok' : 'wait') : 'late'}>
          <Dot state={connected ? (channel.words === '' ? 'ok' : 'wait') : 'late'} />
          {t(`channel.state.${channel.state}`)}
        </Badge>
      </div>
      <div className={pageCss.muted}>
        {t(`channel.type.${channel.type}` as 'channel.type.telegram', { defaultValue: channel.type })}
        {username !== undefined && ` · @${username}`}
        {isMessenger && ` · ${t(`channel.receive.${channel.receive}`)}`}
      </div>
      {channel.words !== '' && <Notice state={connected ? 'wait' : 'late'}>{serverWords(channel.words)}</Notice>}
      {result !== undefined && <Notice state={result.ok ? 'ok' : 'late'}>{serverWords(result.words)}</Notice>}
      <div className={pageCss.two}>
        <Responsible channel={channel} disabled={disabled} onChange={(settings) => change({ settings })} />
      </div>
      {isMessenger && (
        <Switch
          label={t('channel.shortLinks')}
          hint={t('channel.shortLinksHint')}
          checked={channel.shortLinks}
          disabled={disabled}
          onChange={(event) => change({ shortLinks: event.target.checked })}
        />
      )}
      {type?.abilities.accountChats !== undefined && connected && <BusinessAccounts channel={stored} />}
      {(type?.abilities.ownAppReplies === 'byTheirId' || account !== undefined) && connected && (
        <Colleagues
          channel={stored}
          disabled={disabled}
          example={account === undefined ? 'vk.com/id1' : `@${account.username ?? 'anna'}`}
        />
      )}
      {!isMessenger && <WebchatSettings channel={channel} disabled={disabled} />}
      <div className={pageCss.actions}>
        <Button disabled={working || disabled} onClick={() => void test()}>
          {t('channel.test')}
        </Button>
        {asking ? (
          <>
            <Button kind="danger" disabled={working} onClick={() => void disconnect()}>
              {t('channel.disconnectSure')}
            </Button>
            <Button kind="quiet" onClick={() => setAsking(false)}>
              {t('common.cancel')}
            </Button>
          </>
        ) : (
          connected && (
            <Button kind="danger" disabled={disabled || working} onClick={() => setAsking(true)}>
              {t('channel.disconnect')}
            </Button>
          )
        )}
      </div>
    </section>
  );
}

/** Connected messengers with their state in words, and the way to connect another. */
export function Channels({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation();
  const channels = useChannels();
  const [connecting, setConnecting] = useState(false);
  const add = (kind: 'primary' | 'plain') => (
    <Button kind={kind} disabled={disabled} icon={<IconPlus size={18} stroke={1.6} aria-hidden />} onClick={() => setConnecting(true)}>
      {t('inbox.connect')}
    </Button>
  );
  return (
    <>
      <div className={pageCss.cardHead}>
        <h2>{t('settings.channels.title')}</h2>
        {channels.data !== undefined && channels.data.items.length > 0 && add('plain')}
      </div>
      {channels.isPending && <Skeleton height={220} style={{ borderRadius: 10 }} />}
      {channels.data?.items.length === 0 && (
        <Empty icon={<IconPlug size={36} stroke={1.4} />} title={t('inbox.noChannels')} action={add('primary')}>
          {t('inbox.noChannelsHint')}
        </Empty>
      )}
      {channels.data?.items
        .toSorted((a, b) => Number(a.state === 'disconnected') - Number(b.state === 'disconnected'))
        .map((channel) => (
          <ChannelCard
            key={channel.id}
            channel={channel}
            type={channels.data.types.find(({ type }) => type === channel.type)}
            disabled={disabled}
          />
        ))}
      {connecting && <Connect onClose={() => setConnecting(false)} />}
    </>
  );
}
