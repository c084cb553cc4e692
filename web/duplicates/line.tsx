import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { comparePath, useLikeness } from './data.ts';
import css from './duplicates.module.css';

/** The quiet line of a contact that may be somebody else as well; nothing where there is nobody. */
export function LikenessLine({ contactId }: { contactId: number }) {
  const { t } = useTranslation();
  const pairs = useLikeness(contactId).data ?? [];
  return pairs.map(({ first, second }) => {
    const other = first.id === contactId ? second : first;
    return (
      <p key={other.id} className={css.line}>
        {t('duplicates.like', { name: other.name })} — <Link to={comparePath(first.id, second.id)}>{t('duplicates.compareShort')}</Link>
      </p>
    );
  });
}
