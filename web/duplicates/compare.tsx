import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Duplicate, FieldDefinition } from '../../api/contract/index.ts';
import { useRefusal } from '../data/may.ts';
import { useFields } from '../data/queries.ts';
import { ChannelIcon, Notice, Skeleton, Time } from '../ui/bits.tsx';
import { Button, ButtonLink } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { merge, sayDifferent, usePair } from './data.ts';
import css from './duplicates.module.css';
import { Reasons } from './list.tsx';

type Which = 'first' | 'second';
type Side = Duplicate['first'];
const both = ['first', 'second'] as const;

/** Two contacts side by side, with a choice wherever only one value can stay. */
export function Compare({ first, second }: { first: number; second: number }) {
  const { t } = useTranslation();
  const pair = usePair(first, second);
  const fields = useFields().data?.filter(({ entity }) => entity === 'contact');
  if (pair.isError) {
    return (
      <section className={pageCss.card}>
        <Notice>{t('duplicates.gone')}</Notice>
        <div>
          <ButtonLink to="/settings/duplicates">{t('duplicates.back')}</ButtonLink>
        </div>
      </section>
    );
  }
  if (pair.data === undefined || fields === undefined)
    return (
      <section className={pageCss.card} aria-busy>
        <Skeleton height={280} />
      </section>
    );
  return <Table pair={pair.data} fields={fields} />;
}

function Table({ pair, fields }: { pair: Duplicate; fields: FieldDefinition[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const refusal = useRefusal();
  const [kept, setKept] = useState<Which>('first');
  const [chosen, setChosen] = useState<Record<string, Which>>({});
  const [busy, setBusy] = useState(false);
  const why = refusal('merge') ?? refusal(undefined, pair.first) ?? refusal(undefined, pair.second);
  const of = (row: string) => chosen[row] ?? kept;
  const side = (row: string) => (of(row) === kept ? ('into' as const) : ('from' as const));
  const single = fields.filter(({ type }) => type !== 'multitext' && type !== 'multiselect');
  const joined = fields.filter((field) => !single.includes(field));
  const filled = (field: FieldDefinition) => both.some((which) => (pair[which].fields[field.id] ?? []).length > 0);

  async function go() {
    setBusy(true);
    const [into, from] = kept === 'first' ? [pair.first, pair.second] : [pair.second, pair.first];
    const answer = await merge({
      into: into.id,
      from: from.id,
      choices: {
        name: side('name'),
        responsible: side('responsible'),
        fields: Object.fromEntries(single.filter(filled).map(({ id }) => [id, side(`field-${id}`)])),
      },
    });
    setBusy(false);
    if (answer === undefined) return;
    toast({ text: t('duplicates.merged', { name: pair[of('name')].name }) });
    await navigate('/settings/duplicates', { replace: true });
  }

  const choice = (row: string, label: string, words: (one: Side) => string) => {
    const differs = words(pair.first) !== '' && words(pair.second) !== '' && words(pair.first) !== words(pair.second);
    return (
      <tr key={row}>
        <th scope="row">{label}</th>
        {both.map((which) => (
          <td key={which} data-chosen={differs && of(row) === which}>
            {differs ? (
              <label className={css.choice}>
                <input
                  type="radio"
                  name={row}
                  checked={of(row) === which}
                  onChange={() => setChosen((before) => ({ ...before, [row]: which }))}
                />
                <span>{words(pair[which])}</span>
              </label>
            ) : (
              words(pair[which]) || <span className={pageCss.muted}>—</span>
            )}
          </td>
        ))}
      </tr>
    );
  };
  const plain = (row: string, label: string, words: (one: Side) => React.ReactNode) => (
    <tr key={row}>
      <th scope="row">{label}</th>
      {both.map((which) => (
        <td key={which}>{words(pair[which])}</td>
      ))}
    </tr>
  );
  const values = (field: FieldDefinition) => (one: Side) => (one.fields[field.id] ?? []).map(({ value }) => String(value)).join(', ');
  const isBlocked = pair.first.isBlocked || pair.second.isBlocked;

  return (
    <section className={pageCss.card}>
      <div className={pageCss.cardHead}>
        <h2>{t('duplicates.compareTitle')}</h2>
        <ButtonLink to="/settings/duplicates" kind="quiet">
          {t('duplicates.back')}
        </ButtonLink>
      </div>
      {pair.reasons.length > 0 && <Reasons reasons={pair.reasons} />}
      <div className={css.scroll}>
        <table className={css.compare}>
          <thead>
            <tr>
              <th>{t('duplicates.stays')}</th>
              {both.map((which) => (
                <th key={which} scope="col" data-chosen={kept === which}>
                  <label className={css.choice}>
                    <input type="radio" name="kept" checked={kept === which} onChange={() => setKept(which)} />
                    <span>
                      №{pair[which].id} · <Time at={pair[which].createdAt} />
                    </span>
                  </label>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {choice('name', t('contact.name'), ({ name }) => name)}
            {choice('responsible', t('lead.responsible'), ({ responsible }) => responsible?.name ?? '')}
            {single.filter(filled).map((field) => choice(`field-${field.id}`, field.name, values(field)))}
            {joined.filter(filled).map((field) => plain(`field-${field.id}`, `${field.name} · ${t('duplicates.bothKept')}`, values(field)))}
            {both.some((which) => pair[which].tags.length > 0) &&
              plain('tags', `${t('lead.tags')} · ${t('duplicates.bothKept')}`, ({ tags }) => tags.map(({ name }) => name).join(', '))}
            {plain('channels', t('duplicates.chats'), ({ channels }) =>
              channels.map(({ id, type, name }) => (
                <span key={id} className={css.channel}>
                  <ChannelIcon type={type} size={14} /> {name}
                </span>
              )),
            )}
            {plain('conversations', t('duplicates.open'), ({ openConversations }) => openConversations.map((n) => `№${n}`).join(', '))}
            {plain('leads', t('duplicates.leads'), ({ leads }) => leads.map(({ name }) => name).join(', '))}
          </tbody>
        </table>
      </div>
      {isBlocked && <Notice state="wait">{t('duplicates.blocked')}</Notice>}
      <p className={pageCss.muted}>{t('duplicates.what')}</p>
      {why !== undefined && <Notice>{why}</Notice>}
      <div className={pageCss.actions}>
        <Button kind="primary" disabled={busy || why !== undefined} onClick={() => void go()}>
          {t('duplicates.merge')}
        </Button>
        <Button
          disabled={busy || why !== undefined}
          onClick={async () => {
            if (await sayDifferent(pair.first.id, pair.second.id)) await navigate('/settings/duplicates', { replace: true });
          }}
        >
          {t('duplicates.different')}
        </Button>
      </div>
    </section>
  );
}
