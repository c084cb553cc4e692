import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel, NewChannel } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useChannels } from '../data/queries.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { ChannelIcon, Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextArea, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { refetchChannels } from './channels.tsx';
import { CustomFields, CustomKeys } from './custom.tsx';
import css from './settings.module.css';
import { WhatsAppAddress, WhatsAppFields } from './whatsapp.tsx';

/** What this page can ask for; other types of the API are connected by API until they have a form here. */
const forms = ['telegram', 'vk', 'viber', 'max', 'whatsapp', 'webchat', 'custom'] as const;
type Form = (typeof forms)[number];

function TelegramFields({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const wrong = fieldWords(error, 'token');
  return (
    <>
      <ol className={pageCss.steps}>
        <li>
          {t('connect.telegram.1')}{' '}
          <a href="https://t.me/BotFather" target="_blank" rel="noreferrer">
            @BotFather
          </a>
        </li>
        <li>{t('connect.telegram.2')}</li>
        <li>{t('connect.telegram.3')}</li>
      </ol>
      <TextField
        name="token"
        label={t('connect.token')}
        placeholder="123456789:AA…"
        autoComplete="off"
        spellCheck={false}
        required
        data-autofocus
        error={wrong === undefined ? undefined : t('connect.tokenWrong', { words: wrong })}
      />
      <ApiRootField error={error} address="api.telegram.org" />
    </>
  );
}

/** For tests and proxies; folded away, since hardly anybody needs it. */
function ApiRootField({ error, address }: { error: unknown; address: string }) {
  const { t } = useTranslation();
  return (
    <details>
      <summary>{t('connect.more')}</summary>
      <TextField
        name="apiRoot"
        label={t('connect.apiRoot', { address })}
        hint={t('connect.apiRootHint')}
        type="url"
        error={fieldWords(error, 'apiRoot')}
      />
    </details>
  );
}

function VkFields({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <ol className={pageCss.steps}>
        <li>{t('connect.vk.1')}</li>
        <li>{t('connect.vk.2')}</li>
        <li>{t('connect.vk.3')}</li>
      </ol>
      <TextField
        name="token"
        label={t('connect.vk.token')}
        placeholder="vk1.a.…"
        autoComplete="off"
        spellCheck={false}
        required
        data-autofocus
        error={fieldWords(error, 'token')}
      />
      <TextField
        name="groupId"
        label={t('connect.vk.groupId')}
        hint={t('connect.vk.groupIdHint')}
        placeholder="123456"
        autoComplete="off"
        required
        error={fieldWords(error, 'groupId')}
      />
      <details open={fieldWords(error, 'secret') !== undefined}>
        <summary>{t('connect.vk.byHand')}</summary>
        <p className={pageCss.muted}>{t('connect.vk.byHandHint')}</p>
        <TextField name="confirmationCode" label={t('connect.vk.confirmationCode')} autoComplete="off" spellCheck={false} />
        <TextField
          name="secret"
          label={t('connect.vk.secret')}
          autoComplete="off"
          spellCheck={false}
          maxLength={50}
          error={fieldWords(error, 'secret')}
        />
      </details>
      <ApiRootField error={error} address="api.vk.ru" />
    </>
  );
}

/** What VK must be told of a callback server that is made by hand. */
function VkAddress({ address, onClose }: { address: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={pageCss.stack}>
      <TextField label={t('connect.vk.address')} hint={t('connect.vk.addressHint')} value={address} readOnly data-autofocus />
      <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
        <Button kind="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </div>
  );
}

function ViberFields({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <ol className={pageCss.steps}>
        <li>
          {t('connect.viber.1')}{' '}
          <a href="https://partners.viber.com" target="_blank" rel="noreferrer">
            partners.viber.com
          </a>
        </li>
        <li>{t('connect.viber.2')}</li>
        <li>{t('connect.viber.3')}</li>
      </ol>
      <TextField
        name="token"
        label={t('connect.token')}
        placeholder="445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9"
        autoComplete="off"
        spellCheck={false}
        required
        data-autofocus
        error={fieldWords(error, 'token')}
      />
      <TextField
        name="senderName"
        label={t('connect.senderName')}
        hint={t('connect.senderNameHint')}
        maxLength={28}
        error={fieldWords(error, 'senderName')}
      />
      <ApiRootField error={error} address="chatapi.viber.com/pa" />
    </>
  );
}

function MaxFields({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <ol className={pageCss.steps}>
        <li>
          {t('connect.max.1')}{' '}
          <a href="https://business.max.ru" target="_blank" rel="noreferrer">
            business.max.ru
          </a>
        </li>
        <li>{t('connect.max.2')}</li>
        <li>{t('connect.max.3')}</li>
      </ol>
      <TextField
        name="token"
        label={t('connect.token')}
        placeholder="f9LHodD0cOI…"
        autoComplete="off"
        spellCheck={false}
        required
        data-autofocus
        error={fieldWords(error, 'token')}
      />
      <ApiRootField error={error} address="platform-api2.max.ru" />
    </>
  );
}

function WebchatFields({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      <p className={pageCss.muted}>{t('connect.webchat.about')}</p>
      <TextField name="title" label={t('webchat.title')} required defaultValue={t('webchat.titleDefault')} data-autofocus />
      <TextArea
        name="origins"
        label={t('webchat.origins')}
        hint={t('webchat.originsHint')}
        rows={2}
        placeholder="https://shop.example.com"
        error={fieldWords(error, 'origins')}
      />
    </>
  );
}

function bodyOf(type: Form, form: FormData): NewChannel {
  const text = (name: string) => String(form.get(name) ?? '').trim();
  const name = text('name');
  const named = name === '' ? {} : { name };
  const apiRoot = text('apiRoot') === '' ? {} : { apiRoot: text('apiRoot') };
  if (type === 'telegram' || type === 'max') return { type, ...named, credentials: { token: text('token') }, ...apiRoot };
  if (type === 'vk') {
    const credentials = Object.fromEntries(['token', 'groupId', 'secret', 'confirmationCode'].map((field) => [field, text(field)]));
    return { type, ...named, credentials, ...apiRoot };
  }
  if (type === 'custom') {
    const credentials = Object.fromEntries(
      ['webhookUrl', 'channelId', 'secret'].flatMap((field) => (text(field) === '' ? [] : [[field, text(field)]])),
    );
    return { type, ...named, credentials };
  }
  if (type === 'whatsapp') {
    const fields = ['token', 'phoneNumberId', 'appSecret', 'businessAccountId'];
    return { type, ...named, credentials: Object.fromEntries(fields.map((field) => [field, text(field)])), ...apiRoot };
  }
  if (type === 'viber') return { type, ...named, credentials: { token: text('token'), senderName: text('senderName') }, ...apiRoot };
  return { type, ...named, settings: { title: text('title'), origins: text('origins').split(/\s+/).filter(Boolean) } };
}

/** Connects a messenger, step by step. What is wrong is said beside its field. */
export function Connect({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const available = useChannels().data?.types.map(({ type }) => type) ?? [];
  const [type, setType] = useState<Form>();
  const [error, setError] = useState<unknown>();
  const [working, setWorking] = useState(false);
  const [address, setAddress] = useState<string>();
  const [keys, setKeys] = useState<Channel>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (type === undefined) return;
    setWorking(true);
    setError(undefined);
    try {
      const body = bodyOf(type, new FormData(event.currentTarget));
      const channel = await call<Channel>('POST', '/api/channels', { body, idempotencyKey: crypto.randomUUID() });
      await refetchChannels();
      toast({ text: t('channel.connected', { name: channel.name }) });
      if (type === 'vk' && body.credentials?.confirmationCode !== '') setAddress(channel.webhookUrl);
      else if (type === 'custom' || (type === 'whatsapp' && channel.facts.webhook === 'manual')) setKeys(channel);
      else onClose();
    } catch (failure) {
      setError(failure);
      setWorking(false);
    }
  };
  const known = [
    'token',
    'groupId',
    'secret',
    'senderName',
    'apiRoot',
    'origins',
    'webhookUrl',
    'channelId',
    'secret',
    'phoneNumberId',
    'appSecret',
    'businessAccountId',
  ].some((field) => fieldWords(error, field) !== undefined);
  return (
    <Dialog onClose={onClose} title={type === undefined ? t('connect.title') : t(`channel.type.${type}`)} size={520}>
      {address !== undefined && <VkAddress address={address} onClose={onClose} />}
      {keys !== undefined && type === 'whatsapp' && <WhatsAppAddress channel={keys} onClose={onClose} />}
      {keys !== undefined && type !== 'whatsapp' && <CustomKeys channel={keys} onClose={onClose} />}
      {address !== undefined || keys !== undefined ? null : type === undefined ? (
        <div className={css.types}>
          {forms.map((each) => (
            <button key={each} type="button" className={css.type} disabled={!available.includes(each)} onClick={() => setType(each)}>
              <ChannelIcon type={each} size={28} />
              <span>
                <strong>{t(`channel.type.${each}`)}</strong>
                <small>{each === 'custom' ? t('custom.short') : t(`connect.${each}.short`)}</small>
              </span>
            </button>
          ))}
        </div>
      ) : (
        <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
          {type === 'telegram' && <TelegramFields error={error} />}
          {type === 'vk' && <VkFields error={error} />}
          {type === 'viber' && <ViberFields error={error} />}
          {type === 'max' && <MaxFields error={error} />}
          {type === 'whatsapp' && (
            <>
              <WhatsAppFields error={error} />
              <ApiRootField error={error} address="graph.facebook.com" />
            </>
          )}
          {type === 'webchat' && <WebchatFields error={error} />}
          {type === 'custom' && <CustomFields error={error} />}
          <TextField name="name" label={t('connect.name')} hint={t('connect.nameHint')} maxLength={200} />
          {error !== undefined && !known && <Notice state="late">{problemWords(error)}</Notice>}
          <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
            <Button onClick={() => setType(undefined)}>{t('common.back')}</Button>
            <Button kind="primary" type="submit" disabled={working}>
              {working ? t('connect.connecting') : t('connect.connect')}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
