import { IconRefresh, IconSend2 } from '@tabler/icons-react';
import { type FormEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../api/contract/index.ts';
import { abilitiesOf, CHANNEL_TYPES } from '../../domain/message/abilities.ts';
import { sendsTemplates } from '../../domain/scenario/check-templates.ts';
import type { Scenario } from '../../domain/scenario/model.ts';
import { parse } from '../../domain/scenario/parse.ts';
import type { ScriptLine } from '../../domain/scenario/script.ts';
import { simulate, type TranscriptLine } from '../../domain/scenario/simulate.ts';
import { useBots, useChannels, usePipelines, useTemplatesOf } from '../data/queries.ts';
import { useValueNames } from '../data/value-names.ts';
import { serverWords } from '../data/words.ts';
import { duration } from '../lib/time.ts';
import { Empty } from '../ui/bits.tsx';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { keyed } from '../ui/keyed.ts';
import pageCss from '../ui/page.module.css';
import css from './bots.module.css';
import { type ChangedNames, changedWords } from './changed-words.ts';

const MINUTE = 60_000;
/** How far each button goes from the instant the try-out has come to. */
const jumps = [
  { key: 'sim.10min', ms: () => 10 * MINUTE },
  { key: 'sim.1h', ms: () => 60 * MINUTE },
  { key: 'sim.morning', ms: (now: number) => nextMorning(now) - now },
  { key: 'sim.3days', ms: () => 3 * 24 * 60 * MINUTE },
] as const;

/** The newest line is what is looked at. */
const intoSight = (end: HTMLElement | null) => end?.scrollIntoView({ block: 'nearest' });

function nextMorning(now: number): number {
  const nine = new Date(now).setHours(9, 0, 0, 0);
  return nine > now ? nine : new Date(nine).setDate(new Date(nine).getDate() + 1);
}

function useNote(): (line: TranscriptLine) => string {
  const { t } = useTranslation();
  const { users, fields } = useValueNames();
  const stages = (usePipelines().data ?? []).flatMap((pipeline) => pipeline.stages);
  const bots = useBots().data ?? [];
  const names: ChangedNames = {
    stage: (id) => stages.find((stage) => stage.id === id)?.name,
    user: (id) => users.get(id),
    field: (id) => fields.get(id),
    bot: (id) => bots.find((one) => one.id === id)?.name,
  };
  return (line) => {
    if (line.type === 'passed') return t('sim.passed', { time: duration(line.ms) });
    if (line.type === 'changed') return changedWords(t, line.command, names);
    if (line.type === 'waits') {
      const until = line.untilMs === undefined ? '' : ` · ${duration(line.untilMs - line.atMs)}`;
      return `${line.for === 'timer' ? t('run.waitsTimer', { title: line.title }) : t('sim.waits', { title: line.title })}${until}`;
    }
    if (line.type === 'skipped') return t('sim.skipped', { handler: line.handler });
    if (line.type === 'unheard') return t('sim.unheard');
    if (line.type === 'refused') return t('sim.refused', { words: serverWords(line.words) });
    return line.type === 'ended' ? `${t('sim.ended')}: ${t(`outcome.${line.outcome}`)}` : '';
  };
}

/** What the account's messengers have approved, where the scenario sends templates. */
function useApproved(scenario: Scenario | undefined) {
  const channels = useChannels().data?.items ?? [];
  const hasTemplates = (type: string) => CHANNEL_TYPES.includes(type) && abilitiesOf(type).templates === true;
  const wanted = useMemo(() => scenario !== undefined && sendsTemplates(scenario), [scenario]);
  return useTemplatesOf(wanted ? channels.filter(({ type }) => hasTemplates(type)).map(({ id }) => id) : []);
}

/** A plain chat with the draft. Every line is played from the start by the same code that runs bots for clients, so what is tried is what will run. */
export default function Simulator({ bot }: { bot: Bot }) {
  const { t } = useTranslation();
  const [script, setScript] = useState<ScriptLine[]>([]);
  const [startAt, setStartAt] = useState(Date.now);
  const note = useNote();
  const parsed = useMemo(() => parse(bot.source), [bot.source]);
  const scenario = parsed.ok ? parsed.scenario : undefined;
  const templates = useApproved(scenario);
  const lines = useMemo(
    () => (scenario === undefined ? [] : simulate(scenario, script, { startAt, templates })),
    [scenario, script, startAt, templates],
  );
  if (scenario === undefined)
    return <Empty title={t('sim.unreadable')} action={<ButtonLink to={`/bots/${bot.id}/overview`}>{t('sim.seeProblems')}</ButtonLink>} />;
  const add = (line: ScriptLine) => setScript((now) => [...now, line]);
  const say = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const text = String(new FormData(form).get('text') ?? '').trim();
    if (text === '') return;
    add({ type: 'client', text });
    form.reset();
  };
  const nowAt = startAt + (lines.at(-1)?.atMs ?? 0);
  const ended = lines.some(({ type }) => type === 'ended');
  const lastAsk = lines.findLastIndex((line) => line.type === 'bot');
  return (
    <div className={pageCss.body}>
      <div className={css.test}>
        <div className={css.phone}>
          <div className={css.phoneHead}>
            <strong>{bot.name}</strong>
            <IconButton
              label={t('sim.again')}
              onClick={() => {
                setScript([]);
                setStartAt(Date.now());
              }}
            >
              <IconRefresh size={18} stroke={1.6} aria-hidden />
            </IconButton>
          </div>
          <div className={css.talk} role="log" aria-label={t('bot.tab.test')}>
            {keyed(lines, ({ atMs, type }) => `${type} ${atMs}`).map(({ key, item: line }, index) => {
              if (line.type === 'bot')
                return (
                  <div key={key} className={css.said} style={{ display: 'contents' }}>
                    <div className={css.said}>
                      {line.template !== undefined && <div className={pageCss.muted}>{t('message.template', { name: line.template })}</div>}
                      {line.text}
                      {line.attachments.map((name) => (
                        <div key={name} className={pageCss.muted}>
                          📎 {name}
                        </div>
                      ))}
                    </div>
                    {line.buttons.length > 0 && (
                      <div className={css.options}>
                        {line.buttons.map((label) => (
                          <button
                            key={label}
                            type="button"
                            disabled={index !== lastAsk || ended}
                            onClick={() => add({ type: 'press', label })}
                          >
                            {label}
                          </button>
                        ))}
                      </div>
                    )}
                  </div>
                );
              if (line.type === 'client' || line.type === 'pressed')
                return (
                  <div key={key} className={css.said} data-who="client">
                    {line.type === 'client' ? line.text : line.label}
                  </div>
                );
              return (
                <div key={key} className={css.note}>
                  {note(line)}
                </div>
              );
            })}
            <div key={`end ${lines.length}`} ref={intoSight} />
          </div>
          <div className={css.travel}>
            {jumps.map(({ ms, key }) => (
              <Button key={key} small disabled={ended} onClick={() => add({ type: 'pass', ms: ms(nowAt) })}>
                {t(key)}
              </Button>
            ))}
          </div>
          <form className={css.say} onSubmit={say}>
            <TextField name="text" autoComplete="off" aria-label={t('sim.say')} placeholder={t('sim.say')} />
            <IconButton label={t('composer.send')} type="submit">
              <IconSend2 size={18} stroke={1.6} aria-hidden />
            </IconButton>
          </form>
        </div>
        <section className={pageCss.stack}>
          <h2>{t('sim.title')}</h2>
          <p className={pageCss.muted}>{t('sim.about')}</p>
        </section>
      </div>
    </div>
  );
}
