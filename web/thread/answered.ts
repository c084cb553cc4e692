import { useTranslation } from 'react-i18next';
import { duration } from '../lib/time.ts';
import { useNow } from '../lib/use-now.ts';

/** “Ivan answered 5 s ago. Send anyway?”, counting on. `name` null: somebody answered in the messenger's own app. */
export function useAnsweredWords({ name, at }: { name: string | null; at: number }): string {
  const { t } = useTranslation();
  const ago = duration(useNow() - at);
  return name === null ? t('composer.answeredOutside', { ago }) : t('composer.answered', { name, ago });
}
