import { IconMoodPuzzled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';
import { problemWords } from '../data/words.ts';
import { Empty } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';

/** A page that cannot be shown: an unknown address, an answer that never came, or our own mistake. */
export function ErrorPage({ error }: { error?: unknown }) {
  const { t } = useTranslation();
  const thrown = useRouteError();
  const reason = error ?? thrown;
  return (
    <main style={{ display: 'flex', height: '100%' }}>
      <Empty
        icon={<IconMoodPuzzled size={40} stroke={1.4} />}
        title={reason === undefined ? t('problem.noPage') : t('problem.title')}
        action={
          <>
            <Button kind="primary" onClick={() => location.reload()}>
              {t('common.tryAgain')}
            </Button>
            <Button onClick={() => location.assign('/inbox')}>{t('nav.toInbox')}</Button>
          </>
        }
      >
        {reason === undefined ? t('problem.noPageHint') : problemWords(reason)}
      </Empty>
    </main>
  );
}
