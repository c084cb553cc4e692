import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BotItem, Settings } from '../../api/contract/index.ts';
import { useBots } from '../data/queries.ts';
import { Notice, Skeleton } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { DurationField } from '../ui/duration-field.tsx';
import { Select, Switch } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import css from './nps.module.css';
import { People } from './people.tsx';

const PollPreview = lazy(() => import('./poll-preview.tsx'));

type NpsRules = Settings['nps'];

const scales: NpsRules['scale'][] = [
  { from: 1, to: 10 },
  { from: 0, to: 10 },
  { from: 1, to: 5 },
  { from: 0, to: 5 },
];
const keyOf = ({ from, to }: NpsRules['scale']) => `${from}-${to}`;

interface NpsProps {
  settings: Settings;
  set: (change: Partial<Settings>) => void;
  disabled: boolean;
}

/** The poll after a close: when, on which scale, by which bot, whom a low rate is told to, and how the client sees it. */
export function Nps({ settings, set, disabled }: NpsProps) {
  const { t } = useTranslation();
  const { data: bots } = useBots();
  const rule = settings.nps;
  const polls = bots?.filter((bot) => bot.kind === 'nps' && bot.liveVersion !== null) ?? [];
  const bot = polls.find(({ id }) => id === rule.botId);
  // A bot that is gone is left to the server: it makes the shipped one in its place.
  const change = (part: Partial<NpsRules>) =>
    set({ nps: { ...rule, ...(bots !== undefined && bot === undefined ? { botId: null } : {}), ...part } });
  return (
    <section className={pageCss.card}>
      <Switch
        label={<strong>{t('nps.title')}</strong>}
        hint={t('nps.hint')}
        checked={rule.enabled}
        disabled={disabled}
        onChange={(event) => change({ enabled: event.target.checked })}
      />
      {rule.enabled && (
        <div className={css.sides}>
          <div className={pageCss.stack}>
            <DurationField
              label={t('nps.delay')}
              hint={t('nps.delayHint')}
              least={1}
              seconds={rule.delaySeconds}
              disabled={disabled}
              onChange={(seconds) => change({ delaySeconds: Math.min(seconds, 2_592_000) })}
            />
            <Scale rule={rule} disabled={disabled} change={change} />
            <Asker bots={bots} polls={polls} bot={bot} disabled={disabled} change={change} />
            <Alarm rule={rule} disabled={disabled} change={change} />
          </div>
          <figure className={css.phone} style={{ margin: 0 }}>
            <h3>{t('nps.preview')}</h3>
            {bot === undefined ? (
              bots === undefined && <Skeleton height={72} style={{ borderRadius: 12 }} />
            ) : (
              <Suspense fallback={<Skeleton height={72} style={{ borderRadius: 12 }} />}>
                <PollPreview bot={bot} />
              </Suspense>
            )}
            <small>{t('nps.previewNote')}</small>
          </figure>
        </div>
      )}
    </section>
  );
}

interface PartProps {
  rule: NpsRules;
  disabled: boolean;
  change: (part: Partial<NpsRules>) => void;
}

function Scale({ rule, disabled, change }: PartProps) {
  const { t } = useTranslation();
  return (
    <Select
      label={t('nps.scale')}
      hint={t('nps.scaleHint')}
      value={keyOf(rule.scale)}
      disabled={disabled}
      onChange={(event) => {
        const scale = scales.find((one) => keyOf(one) === event.target.value) ?? rule.scale;
        // The same share of the scale is low.
        const atOrBelow = scale.to === rule.scale.to ? rule.alarm.atOrBelow : Math.round((rule.alarm.atOrBelow * scale.to) / rule.scale.to);
        change({ scale, alarm: { ...rule.alarm, atOrBelow } });
      }}
    >
      {scales.map((scale) => (
        <option key={keyOf(scale)} value={keyOf(scale)}>
          {t('nps.scaleOf', scale)}
        </option>
      ))}
    </Select>
  );
}

interface AskerProps {
  bots: BotItem[] | undefined;
  polls: BotItem[];
  bot: BotItem | undefined;
  disabled: boolean;
  change: (part: Partial<NpsRules>) => void;
}

function Asker({ bots, polls, bot, disabled, change }: AskerProps) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t('nps.bot')}
        hint={t('nps.botHint')}
        value={bot?.id ?? ''}
        disabled={disabled || polls.length === 0}
        onChange={(event) => change({ botId: Number(event.target.value) })}
      >
        {bot === undefined && <option value="">—</option>}
        {polls.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </Select>
      {bot !== undefined && <Link to={`/bots/${bot.id}`}>{t('nps.edit')}</Link>}
      {bot?.state === 'off' && <Notice state="wait">{t('nps.botOff')}</Notice>}
      {bots !== undefined && bot === undefined && (
        <Notice state="wait">
          {t('nps.botGone')}{' '}
          {!disabled && (
            <Button kind="link" onClick={() => change({ botId: null })}>
              {t('nps.botMake')}
            </Button>
          )}
        </Notice>
      )}
    </>
  );
}

function Alarm({ rule, disabled, change }: PartProps) {
  const { t } = useTranslation();
  const { alarm, scale } = rule;
  const rates = Array.from({ length: scale.to - scale.from + 1 }, (_, index) => scale.from + index);
  const set = (part: Partial<NpsRules['alarm']>) => change({ alarm: { ...alarm, ...part } });
  return (
    <>
      <Switch
        label={t('nps.alarm')}
        hint={t('nps.alarmHint')}
        checked={alarm.enabled}
        disabled={disabled}
        onChange={(event) => set({ enabled: event.target.checked })}
      />
      {alarm.enabled && (
        <>
          <Select
            label={t('nps.threshold')}
            value={alarm.atOrBelow}
            disabled={disabled}
            onChange={(event) => set({ atOrBelow: Number(event.target.value) })}
          >
            {rates.map((rate) => (
              <option key={rate} value={rate}>
                {t('nps.thresholdOf', { rate })}
              </option>
            ))}
          </Select>
          <People
            label={t('nps.people')}
            add={t('nps.peopleAdd')}
            ids={alarm.userIds}
            disabled={disabled}
            onChange={(userIds) => set({ userIds })}
          />
        </>
      )}
    </>
  );
}
