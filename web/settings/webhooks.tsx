import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Webhook, Webhooks as WebhookList, WebhookMade } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { queryClient } from '../data/query-client.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { fullTime } from '../lib/time.ts';
import { Badge, Dot, Empty, Notice, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { Secret } from './tokens.tsx';
import { codeWords } from './webhook-words.ts';

const refetch = () => queryClient.invalidateQueries({ queryKey: ['webhooks'] });
const save = (body: { destination: string; settings: string[] }) =>
  call<WebhookMade>('POST', '/api/webhooks', { body, idempotencyKey: crypto.randomUUID() });
/** What most programs want to hear of; the rest stands below it. */
const usual = ['add_talk', 'update_talk', 'add_message', 'add_outgoing_message', 'add_lead', 'status_lead'];

function Edit({ codes, webhook, onClose }: { codes: string[]; webhook?: Webhook | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const [secret, setSecret] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    try {
      const made = await save({
        destination: webhook?.destination ?? String(form.get('destination') ?? ''),
        settings: form.getAll('settings').map(String),
      });
      await refetch();
      if (webhook === undefined) setSecret(made.secret);
      else onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  const ordered = [...usual.filter((code) => codes.includes(code)), ...codes.filter((code) => !usual.includes(code))];
  return (
    <Dialog onClose={onClose} title={webhook === undefined ? t('programs.addWebhook') : t('programs.changeWebhook')} size={560}>
      {secret === undefined ? (
        <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
          {webhook === undefined ? (
            <TextField
              name="destination"
              type="url"
              label={t('programs.destination')}
              placeholder="https://"
              required
              data-autofocus
              error={fieldWords(error, 'destination')}
            />
          ) : (
            <code className={pageCss.code}>{webhook.destination}</code>
          )}
          <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
            <legend className={pageCss.muted}>{t('programs.codes')}</legend>
            <div
              style={{
                display: 'grid',
                gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))',
                gap: 4,
                maxHeight: 280,
                overflowY: 'auto',
              }}
            >
              {ordered.map((code) => (
                <Checkbox
                  key={code}
                  name="settings"
                  value={code}
                  label={codeWords(t, code)}
                  hint={<code>{code}</code>}
                  defaultChecked={webhook === undefined ? usual.includes(code) : webhook.settings.includes(code)}
                />
              ))}
            </div>
          </fieldset>
          {error !== undefined && fieldWords(error, 'destination') === undefined && <Notice state="late">{problemWords(error)}</Notice>}
          <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button kind="primary" type="submit">
              {t('common.save')}
            </Button>
          </div>
        </form>
      ) : (
        <Secret value={secret} words={t('programs.webhookMade')} onClose={onClose} />
      )}
    </Dialog>
  );
}

/** How a receiver answered lately, newest first: green answers, red ones with their status. */
function Recent({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation();
  if (webhook.recent.length === 0) return <div className={pageCss.muted}>{t('programs.nothingSent')}</div>;
  return (
    <div className={pageCss.actions}>
      {webhook.recent.map(({ eventId, type, status, attempt, at, tookMs }) => {
        const fine = status >= 100 && status <= 299;
        return (
          <Badge
            key={`${eventId}-${attempt}-${at}`}
            state={fine ? 'ok' : 'late'}
            title={`${type} · ${fullTime(at)} · ${t('programs.attempt', { count: attempt })} · ${t('programs.took', { ms: tookMs })}`}
          >
            {status === 0 ? t('programs.noAnswer') : status}
          </Badge>
        );
      })}
    </div>
  );
}

function Card({ webhook, codes }: { webhook: Webhook; codes: string[] }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const [ending, setEnding] = useState(false);
  const state = webhook.disabled ? 'late' : webhook.failingSince === null ? 'ok' : 'wait';
  const doing = async (action: Promise<unknown>) => {
    try {
      await action;
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    await refetch();
  };
  return (
    <section className={pageCss.card} data-webhook={webhook.id}>
      <div className={pageCss.cardHead}>
        <h2 style={{ overflowWrap: 'anywhere' }}>{webhook.destination}</h2>
        <Badge state={state}>
          <Dot state={state} />
          {t(`programs.state.${webhook.disabled ? 'off' : webhook.failingSince === null ? 'ok' : 'failing'}`)}
        </Badge>
      </div>
      {webhook.disabled && <Notice state="late">{t('programs.offHint')}</Notice>}
      {!webhook.disabled && webhook.failingSince !== null && (
        <Notice state="wait">
          {t('programs.failingHint')} <Time at={webhook.failingSince} ago />
        </Notice>
      )}
      <div className={pageCss.muted}>
        {webhook.settings.join(', ')}
        {webhook.behind > 0 && ` · ${t('programs.behind', { count: webhook.behind })}`}
      </div>
      <Recent webhook={webhook} />
      <div className={pageCss.actions}>
        {webhook.disabled && (
          <Button kind="primary" onClick={() => void doing(save({ destination: webhook.destination, settings: webhook.settings }))}>
            {t('programs.switchOn')}
          </Button>
        )}
        <Button onClick={() => setEditing(true)}>{t('programs.changeWebhook')}</Button>
        {ending ? (
          <>
            <Button kind="danger" onClick={() => void doing(call('DELETE', `/api/webhooks/${webhook.id}`))}>
              {t('programs.webhookEndSure')}
            </Button>
            <Button kind="quiet" onClick={() => setEnding(false)}>
              {t('common.cancel')}
            </Button>
          </>
        ) : (
          <Button kind="danger" onClick={() => setEnding(true)}>
            {t('programs.webhookEnd')}
          </Button>
        )}
      </div>
      {editing && <Edit codes={codes} webhook={webhook} onClose={() => setEditing(false)} />}
    </section>
  );
}

/** Addresses of other programs that are told what happens here, and how they answer. */
export function AccountWebhooks() {
  const { t } = useTranslation();
  const { data } = useQuery({
    queryKey: ['webhooks'],
    queryFn: () => call<WebhookList>('GET', '/api/webhooks'),
    // Deliveries are not told over the stream of changes: nobody else looks at them.
    refetchInterval: 5_000,
  });
  const [adding, setAdding] = useState(false);
  const add = (kind: 'plain' | 'primary') => (
    <Button kind={kind} icon={<IconPlus size={18} stroke={1.6} aria-hidden />} onClick={() => setAdding(true)}>
      {t('programs.addWebhook')}
    </Button>
  );
  return (
    <>
      <div className={pageCss.cardHead}>
        <h2>{t('programs.webhooks')}</h2>
        {data !== undefined && data.items.length > 0 && add('plain')}
      </div>
      {data === undefined && <Skeleton height={120} style={{ borderRadius: 10 }} />}
      {data?.items.length === 0 && (
        <Empty icon={<IconPlugConnected size={36} stroke={1.4} />} title={t('programs.noWebhooks')} action={add('primary')}>
          {t('programs.noWebhooksHint')}
        </Empty>
      )}
      {data?.items.map((webhook) => (
        <Card key={webhook.id} webhook={webhook} codes={data.codes} />
      ))}
      {adding && data !== undefined && <Edit codes={data.codes} onClose={() => setAdding(false)} />}
    </>
  );
}
