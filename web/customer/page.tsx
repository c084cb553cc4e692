import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useCustomer } from '../data/cards.ts';
import { ApiProblem } from '../data/client.ts';
import { problemWords } from '../data/words.ts';
import { CardLayout } from '../lead/card-layout.tsx';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Workspace } from '../thread/workspace.tsx';
import { Empty } from '../ui/bits.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { CustomerPanel } from './panel.tsx';

/** The card of a customer: the same as a lead's, without a pipeline. */
export default function CustomerPage() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const { data: customer, error } = useCustomer(Number.isInteger(id) ? id : undefined);
  useEffect(() => {
    document.title = `${customer?.name ?? t('customer.title')} · Beseda`;
  }, [customer?.name, t]);
  useHotkeys({ r: () => document.querySelector<HTMLElement>('[data-composer]')?.focus() });
  if (error !== null && customer === undefined)
    return (
      <Empty
        title={error instanceof ApiProblem && error.status === 404 ? t('customer.none') : problemWords(error)}
        action={<ButtonLink to="/customers">{t('customer.toList')}</ButtonLink>}
      />
    );
  return (
    <CardLayout
      card={{ type: 'customer', id }}
      list={{ to: '/customers', label: t('leads.kind.customers'), back: t('customer.toList') }}
      title={t('customer.title')}
      contact={customer?.contact}
      conversations={customer?.conversations ?? []}
      mayEdit={customer?.mayEdit === true}
      panel={<CustomerPanel customer={customer} />}
      thread={
        customer !== undefined && customer.contact === null ? (
          <Empty title={t('customer.noContact')}>{t('customer.noContactHint')}</Empty>
        ) : (
          <Workspace key={id} contact={customer?.contact ?? undefined} customer={customer} />
        )
      }
    />
  );
}
