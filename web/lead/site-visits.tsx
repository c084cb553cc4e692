import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { LinkPage, Visits } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { Time } from '../ui/bits.tsx';
import css from './panel.module.css';
import visitsCss from './site-visits.module.css';

const SHOWN = 5;

/** Which links the client followed, which pages of the account's sites they opened and what they left there; nothing where there is none of it. */
export function SiteVisits({ contactId }: { contactId: number }) {
  const { t } = useTranslation();
  const visits = useQuery({
    queryKey: ['card-events', 'visits', contactId],
    queryFn: () => call<Visits>('GET', `/api/contacts/${contactId}/visits`),
  });
  const links = useQuery({
    queryKey: ['card-events', 'links', contactId],
    queryFn: () => call<LinkPage>('GET', `/api/links?contact=${contactId}&limit=50`),
  });
  const followed =
    links.data?.items.flatMap(({ url, clicks }) =>
      clicks.count > 0 && clicks.lastAt !== null ? [{ page: url, title: '', at: clicks.lastAt }] : [],
    ) ?? [];
  return (
    <>
      <List title={t('links.followed')} items={followed.toSorted((a, b) => b.at - a.at)} />
      <List title={t('links.visits')} items={visits.data?.items ?? []} />
      {visits.data?.forms.map(({ kind, value, at }, index) => (
        <div key={`${kind}/${value}`} className={css.row} data-form={kind}>
          <span>{index === 0 ? t('links.forms') : ''}</span>
          <span className={visitsCss.visit}>
            <span title={value}>{value}</span>
            <Time at={at} />
          </span>
        </div>
      ))}
    </>
  );
}

/** Addresses as they were written: opening one here is nobody's click. */
function List({ title, items }: { title: string; items: Visits['items'] }) {
  if (items.length === 0) return null;
  return (
    <div data-visits>
      {items.slice(0, SHOWN).map(({ page, title: name, at }, index) => (
        <div key={`${page}/${at}`} className={css.row}>
          <span>{index === 0 ? title : ''}</span>
          <span className={visitsCss.visit}>
            <a href={page} target="_blank" rel="noreferrer noopener" title={page}>
              {name === '' ? shortOf(page) : name}
            </a>
            <Time at={at} />
          </span>
        </div>
      ))}
    </div>
  );
}

/** An address as a line can show it: without what is the same in all of them. */
const shortOf = (address: string): string => address.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
