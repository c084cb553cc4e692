import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ApiToken } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { queryClient } from '../data/query-client.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { Notice, Skeleton, Time } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';

const refetch = () => queryClient.invalidateQueries({ queryKey: ['tokens'] });

/** Something that is shown once, with a button that copies it. */
export function Secret({ value, words, onClose }: { value: string; words: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <div className={pageCss.stack}>
      <Notice state="ok">{words}</Notice>
      <code className={pageCss.code}>{value}</code>
      <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
        <Button onClick={() => void navigator.clipboard.writeText(value)}>{t('webchat.copy')}</Button>
        <Button kind="primary" onClick={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </div>
  );
}

function AddToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const [token, setToken] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name') ?? '');
    try {
      const made = await call<ApiToken & { token: string }>('POST', '/api/tokens', { body: { name }, idempotencyKey: crypto.randomUUID() });
      setToken(made.token);
      await refetch();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Dialog onClose={onClose} title={t('programs.addToken')} size={460}>
      {token === undefined ? (
        <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
          <TextField
            name="name"
            label={t('programs.tokenName')}
            hint={t('programs.tokenNameHint')}
            required
            maxLength={100}
            data-autofocus
            error={fieldWords(error, 'name')}
          />
          {error !== undefined && fieldWords(error, 'name') === undefined && <Notice state="late">{problemWords(error)}</Notice>}
          <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button kind="primary" type="submit">
              {t('programs.addToken')}
            </Button>
          </div>
        </form>
      ) : (
        <Secret value={token} words={t('programs.tokenMade')} onClose={onClose} />
      )}
    </Dialog>
  );
}

/** Tokens with which programs act as the user who made them. */
export function Tokens() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['tokens'], queryFn: () => call<{ items: ApiToken[] }>('GET', '/api/tokens') });
  const [adding, setAdding] = useState(false);
  const [ending, setEnding] = useState<string>();
  const end = async (id: string) => {
    try {
      await call('DELETE', `/api/tokens/${id}`);
      toast({ text: t('programs.tokenEnded') });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    setEnding(undefined);
    await refetch();
  };
  return (
    <section className={pageCss.card}>
      <div className={pageCss.cardHead}>
        <h2>{t('programs.tokens')}</h2>
        <Button icon={<IconPlus size={18} stroke={1.6} aria-hidden />} onClick={() => setAdding(true)}>
          {t('programs.addToken')}
        </Button>
      </div>
      <p className={pageCss.muted}>{t('programs.tokensHint')}</p>
      {data === undefined && <Skeleton height={32} />}
      {data?.items.map(({ id, name, start, createdAt }) => (
        <div key={id} className={pageCss.cardHead} data-token={id}>
          <span>
            {name} <code>{start ?? ''}…</code> <Time at={createdAt} className={pageCss.muted} />
          </span>
          {ending === id ? (
            <span className={pageCss.actions}>
              <Button small kind="danger" onClick={() => void end(id)}>
                {t('programs.tokenEndSure')}
              </Button>
              <Button small kind="quiet" onClick={() => setEnding(undefined)}>
                {t('common.cancel')}
              </Button>
            </span>
          ) : (
            <IconButton small label={t('programs.tokenEnd', { name })} onClick={() => setEnding(id)}>
              <IconX size={16} aria-hidden />
            </IconButton>
          )}
        </div>
      ))}
      {adding && <AddToken onClose={() => setAdding(false)} />}
    </section>
  );
}
