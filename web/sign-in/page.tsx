import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../../api/contract/index.ts';
import { ApiProblem, call } from '../data/client.ts';
import { useSession } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { problemWords } from '../data/words.ts';
import { changeLanguage, currentLanguage } from '../i18n/index.ts';
import { Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import css from './sign-in.module.css';

/** The door. The demo needs one click; it is offered only where the API says so. */
export default function SignIn() {
  const { t } = useTranslation();
  const session = useSession();
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<string>();
  const demo = session.data?.demo === true;

  const enter = async (path: string, body: unknown) => {
    setWorking(true);
    setFailure(undefined);
    try {
      const next = await call<Session>('POST', path, { body });
      queryClient.setQueryData(['session'], next);
    } catch (error) {
      setFailure(error instanceof ApiProblem && (error.status === 401 || error.status === 422) ? t('signIn.wrong') : problemWords(error));
      setWorking(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void enter('/api/session', { email: form.get('email'), password: form.get('password') });
  };

  return (
    <main className={css.page}>
      <div className={css.card}>
        <div className={css.head}>
          <img src="/icon.svg" width={48} height={48} alt="" />
          <h1>{t('signIn.title')}</h1>
          <p>{t('signIn.about')}</p>
        </div>
        {demo && (
          <>
            <Button kind="primary" className={css.big} disabled={working} onClick={() => void enter('/api/session/demo', {})}>
              {t('signIn.demo')}
            </Button>
            <div className={css.or}>{t('signIn.or')}</div>
          </>
        )}
        <form className={css.form} onSubmit={submit}>
          <TextField label={t('signIn.email')} name="email" type="email" autoComplete="username" required autoFocus={!demo} />
          <TextField label={t('signIn.password')} name="password" type="password" autoComplete="current-password" required />
          {failure !== undefined && <Notice state="late">{failure}</Notice>}
          <Button kind={demo ? 'plain' : 'primary'} type="submit" className={css.big} disabled={working}>
            {t('signIn.enter')}
          </Button>
        </form>
        <div className={css.languages}>
          {(['ru', 'en'] as const).map((language) => (
            <Button
              key={language}
              kind="quiet"
              small
              lang={language}
              aria-pressed={currentLanguage() === language}
              onClick={() => void changeLanguage(language)}
            >
              {language === 'ru' ? 'Русский' : 'English'}
            </Button>
          ))}
        </div>
      </div>
    </main>
  );
}
