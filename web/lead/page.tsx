import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { ApiProblem } from '../data/client.ts';
import { useLead } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Workspace } from '../thread/workspace.tsx';
import { Empty } from '../ui/bits.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { CardLayout } from './card-layout.tsx';
import { LeadPanel } from './panel.tsx';

/** The card of a lead. */
export default function LeadPage() {
  const { t } = useTranslation();
  const id = Number(useParams().id);
  const { data: lead, error } = useLead(Number.isInteger(id) ? id : undefined);
  useEffect(() => {
    document.title = `${lead?.name ?? t('nav.leads')} · Beseda`;
  }, [lead?.name, t]);
  useHotkeys({ r: () => document.querySelector<HTMLElement>('[data-composer]')?.focus() });
  if (error !== null && lead === undefined)
    return (
      <Empty
        title={error instanceof ApiProblem && error.status === 404 ? t('lead.none') : problemWords(error)}
        action={<ButtonLink to="/leads">{t('lead.toList')}</ButtonLink>}
      />
    );
  return (
    <CardLayout
      card={{ type: 'lead', id }}
      list={{ to: '/leads', label: t('nav.leads'), back: t('lead.toList') }}
      title={t('lead.pane.fields')}
      contact={lead?.contact}
      conversations={lead?.conversations ?? []}
      mayEdit={lead?.mayEdit === true}
      panel={<LeadPanel lead={lead} />}
      thread={
        lead !== undefined && lead.contact === null ? (
          <Empty title={t('lead.noContact')}>{t('lead.noContactHint')}</Empty>
        ) : (
          <Workspace key={id} contact={lead?.contact ?? undefined} lead={lead} />
        )
      }
    />
  );
}
