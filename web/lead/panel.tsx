import { IconArrowUpRight, IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import type { Contact, Lead, Named } from '../../api/contract/index.ts';
import { changeContact, changeLead } from '../data/orders.ts';
import { useFields, useRuns, useUsers } from '../data/queries.ts';
import { LikenessLine } from '../duplicates/line.tsx';
import { NewCard } from '../leads/new-lead.tsx';
import { number } from '../lib/time.ts';
import { Avatar, Badge, ChannelIcon, Skeleton, Time } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Repeat } from '../ui/repeat.tsx';
import { Editable } from './editable.tsx';
import { Fields } from './fields.tsx';
import css from './panel.module.css';
import { SiteVisits } from './site-visits.tsx';
import { Stages } from './stages.tsx';
import { Tags } from './tags.tsx';

export function Responsible({
  value,
  disabled,
  onChange,
}: {
  value: Named | null;
  disabled: boolean;
  onChange: (id: number | null) => void;
}) {
  const { t } = useTranslation();
  const users = useUsers().data?.filter(({ isActive, id }) => isActive || id === value?.id) ?? (value === null ? [] : [value]);
  return (
    <select
      className={css.value}
      aria-label={t('lead.responsible')}
      disabled={disabled}
      value={value?.id ?? 0}
      onChange={(event) => onChange(Number(event.target.value) || null)}
    >
      <option value={0}>{t('lead.nobody')}</option>
      {users.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** The person: name, phone, e-mail and other fields, who they are in which messenger. */
export function ContactSection({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const disabled = !contact.mayEdit;
  const [making, setMaking] = useState<'lead' | 'customer'>();
  const definitions = useFields().data?.filter(({ entity }) => entity === 'contact') ?? [];
  return (
    <section className={css.section}>
      <h2>{t('contact.title')}</h2>
      <div className={css.who}>
        <Avatar name={contact.name} size={32} />
        <Editable
          label={t('contact.name')}
          value={contact.name}
          required
          disabled={disabled}
          onSave={(name) => changeContact(contact, { name })}
        />
      </div>
      <LikenessLine contactId={contact.id} />
      <Fields
        definitions={definitions}
        values={contact.fields}
        disabled={disabled}
        onSave={(fields) => changeContact(contact, { fields })}
      />
      {contact.identities.map((identity) => {
        const channel = contact.chats.find((chat) => chat.channel.id === identity.channelId)?.channel;
        return (
          <div key={`${identity.channelId}-${identity.name}-${identity.username}`} className={css.row}>
            <span>{channel?.name ?? t('contact.channel')}</span>
            <span className={css.identity}>
              {channel !== undefined && <ChannelIcon type={channel.type} size={14} />}
              {identity.username === null ? identity.name : `@${identity.username}`}
            </span>
          </div>
        );
      })}
      <SiteVisits contactId={contact.id} />
      <div className={css.row}>
        <span>{t('lead.tags')}</span>
        <Tags tags={contact.tags} entity="contact" disabled={disabled} onChange={(tags) => void changeContact(contact, { tags })} />
      </div>
      {!disabled && (
        <div className={css.newCards}>
          <Button small icon={<IconPlus size={14} aria-hidden />} onClick={() => setMaking('lead')}>
            {t('lead.newFor')}
          </Button>
          <Button small icon={<IconPlus size={14} aria-hidden />} onClick={() => setMaking('customer')}>
            {t('lead.customerFor')}
          </Button>
        </div>
      )}
      {making !== undefined && <NewCard what={making} contact={contact} onClose={() => setMaking(undefined)} />}
    </section>
  );
}

/** Every run on the card with its end; a click shows the trace. */
export function RunHistory({ card }: { card: { type: 'lead' | 'customer'; id: number } }) {
  const { t } = useTranslation();
  const runs = useRuns(card).data ?? [];
  const [, setSearch] = useSearchParams();
  if (runs.length === 0) return null;
  return (
    <section className={css.section}>
      <h2>{t('run.history')}</h2>
      <ul className={css.items}>
        {runs.slice(0, 20).map((run) => (
          <li key={run.id}>
            <button
              type="button"
              className={css.item}
              onClick={() =>
                setSearch((before) => {
                  const next = new URLSearchParams(before);
                  next.set('run', run.id);
                  return next;
                })
              }
            >
              <span>
                {run.bot.name} v{run.version}
              </span>
              <Badge state={run.status !== 'ended' ? 'bot' : run.outcome === 'failed' ? 'late' : undefined}>
                {run.status === 'ended' ? t(`outcome.${run.outcome ?? 'completed'}`) : t('run.running')}
              </Badge>
              <small>
                <Time at={run.startedAt} />
              </small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PanelSkeleton() {
  return (
    <div className={css.panel} aria-busy>
      <div className={css.head}>
        <Skeleton width="70%" height={16} style={{ margin: '8px 0' }} />
        <Skeleton width="40%" />
        <Skeleton height={6} style={{ marginTop: 8 }} />
      </div>
      {[5, 6].map((rows) => (
        <div key={rows} className={css.section}>
          <Repeat times={rows}>
            <div className={css.row}>
              <Skeleton width={72} style={{ marginTop: 8 }} />
              <Skeleton width="80%" style={{ marginTop: 8 }} />
            </div>
          </Repeat>
        </div>
      ))}
    </div>
  );
}

/** In the inbox: the way to the whole card, and away with it where there is room for one pane only. */
export function HeadButtons({ cardAt, onClose }: { cardAt: string | undefined; onClose: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <>
      {cardAt !== undefined && (
        <Link to={cardAt} aria-label={t('lead.openCard')}>
          <IconButton label={t('lead.openCard')} small tabIndex={-1}>
            <IconArrowUpRight size={18} stroke={1.6} aria-hidden />
          </IconButton>
        </Link>
      )}
      {onClose !== undefined && (
        <IconButton label={t('card.hide')} small className="narrow-only" onClick={onClose}>
          <IconX size={18} stroke={1.6} aria-hidden />
        </IconButton>
      )}
    </>
  );
}

/** A conversation without a lead still has its person. */
export function ContactPanel({ contact }: { contact: Contact | undefined }) {
  return contact === undefined ? (
    <PanelSkeleton />
  ) : (
    <div className={css.panel}>
      <ContactSection contact={contact} />
    </div>
  );
}

/** Everything about a lead that can be changed, each value where it stands. */
export function LeadPanel({ lead, inInbox = false, onClose }: { lead: Lead | undefined; inInbox?: boolean; onClose?: () => void }) {
  const { t } = useTranslation();
  const users = useUsers().data ?? [];
  if (lead === undefined) return <PanelSkeleton />;
  const disabled = !lead.mayEdit;
  return (
    <div className={css.panel}>
      <div className={css.head}>
        <div className={css.headLine}>
          <Editable
            label={t('lead.name')}
            value={lead.name}
            required
            disabled={disabled}
            className={css.name}
            onSave={(name) => changeLead(lead, { name }, { name })}
          />
          <HeadButtons cardAt={inInbox ? `/leads/${lead.id}` : undefined} onClose={onClose} />
        </div>
        <Stages lead={lead} disabled={disabled} />
      </div>
      <section className={css.section}>
        <div className={css.row}>
          <span>{t('lead.responsible')}</span>
          <Responsible
            value={lead.responsible}
            disabled={disabled}
            onChange={(responsibleId) => {
              const user = users.find(({ id }) => id === responsibleId);
              void changeLead(lead, { responsibleId }, { responsible: user === undefined ? null : { id: user.id, name: user.name } });
            }}
          />
        </div>
        <div className={css.row}>
          <span>{t('lead.price')}</span>
          <Editable
            label={t('lead.price')}
            type="number"
            value={String(lead.price)}
            shown={number(lead.price)}
            disabled={disabled}
            onSave={(text) => {
              const price = Math.max(0, Math.round(Number(text) || 0));
              return changeLead(lead, { price }, { price });
            }}
          />
        </div>
        <div className={css.row}>
          <span>{t('lead.tags')}</span>
          <Tags
            tags={lead.tags}
            entity="lead"
            disabled={disabled}
            onChange={(tags) =>
              void changeLead(lead, { tags }, { tags: tags.map((name) => lead.tags.find((tag) => tag.name === name) ?? { id: 0, name }) })
            }
          />
        </div>
        <Fields
          definitions={lead.definitions.filter(({ entity }) => entity === 'lead')}
          values={lead.fields}
          disabled={disabled}
          onSave={(fields) => changeLead(lead, { fields }, { fields: { ...lead.fields, ...fields } })}
        />
      </section>
      {lead.contact !== null && <ContactSection contact={lead.contact} />}
      <RunHistory card={{ type: 'lead', id: lead.id }} />
    </div>
  );
}
