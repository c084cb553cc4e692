import { IconBolt } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '../../api/contract/index.ts';
import { number } from '../lib/time.ts';
import { Badge, Notice, Time } from '../ui/bits.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Select, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import css from './bots.module.css';
import { changeBot } from './change-bot.ts';
import { LinkedMessages } from './linked-messages.tsx';
import { Problems } from './problems.tsx';

/** What the bot does at the moment, what is wrong with its draft, and how it behaves. */
export function Overview({ bot, disabled }: { bot: Bot; disabled: boolean }) {
  const { t } = useTranslation();
  const { settings } = bot;
  const set = (change: Bot['settings']) => void changeBot(bot, { settings: { ...settings, ...change } });
  const person = settings.personReplyEnds === undefined ? 'account' : settings.personReplyEnds ? 'yes' : 'no';
  return (
    <div className={pageCss.body}>
      <div className={pageCss.column}>
        {bot.liveVersion !== null && bot.state === 'on' && bot.triggers.length === 0 && (
          <Notice state="wait" icon={<IconBolt size={16} aria-hidden />}>
            {t('bot.noTriggers')}{' '}
            <ButtonLink kind="link" to={`/bots/${bot.id}/triggers`}>
              {t('bot.addTrigger')}
            </ButtonLink>
          </Notice>
        )}
        <section className={pageCss.card}>
          <div className={pageCss.cardHead}>
            <h2>{t('bot.now')}</h2>
            <span className={pageCss.muted}>
              {t('bot.changedAt')} <Time at={bot.updatedAt} ago />
            </span>
          </div>
          <div className={pageCss.actions}>
            <Badge state={bot.running > 0 ? 'bot' : undefined}>{t('bot.runningCount', { count: bot.running })}</Badge>
            <Badge>{t('bot.startedCount', { number: number(bot.startedIn7Days) })}</Badge>
            <Badge>{t('bot.completedCount', { number: number(bot.completedIn7Days) })}</Badge>
          </div>
        </section>
        <section className={pageCss.card}>
          <h2>{t('bots.problems')}</h2>
          {bot.problems.length === 0 ? <Notice state="ok">{t('bot.noProblems')}</Notice> : <Problems problems={bot.problems} />}
        </section>
        <LinkedMessages bot={bot} disabled={disabled} />
        <section className={pageCss.card}>
          <h2>{t('bot.behaviour')}</h2>
          <div className={css.behaviour}>
            <TextField
              label={t('bots.name')}
              defaultValue={bot.name}
              disabled={disabled}
              onBlur={(event) => {
                const name = event.target.value.trim();
                if (name !== '' && name !== bot.name) void changeBot(bot, { name });
              }}
            />
            <Select
              label={t('bot.whenRunning')}
              disabled={disabled}
              value={settings.whenRunning ?? 'restartAfterHour'}
              onChange={(event) => set({ whenRunning: event.target.value as 'restart' })}
            >
              {(['restartAfterHour', 'restart', 'never'] as const).map((value) => (
                <option key={value} value={value}>
                  {t(`bot.whenRunning.${value}`)}
                </option>
              ))}
            </Select>
            <Select
              label={t('bot.personReply')}
              disabled={disabled}
              value={person}
              onChange={(event) => set({ personReplyEnds: event.target.value === 'account' ? undefined : event.target.value === 'yes' })}
            >
              {(['account', 'yes', 'no'] as const).map((value) => (
                <option key={value} value={value}>
                  {t(`bot.personReply.${value}`)}
                </option>
              ))}
            </Select>
            <TextField
              label={t('bot.joinSeconds')}
              hint={t('bot.joinSecondsHint')}
              type="number"
              min={0}
              max={30}
              placeholder={t('bot.asAccount')}
              defaultValue={settings.joinSeconds}
              disabled={disabled}
              onBlur={(event) => {
                const joinSeconds =
                  event.target.value === '' ? undefined : Math.min(30, Math.max(0, Math.round(Number(event.target.value))));
                if (joinSeconds !== settings.joinSeconds) set({ joinSeconds });
              }}
            />
          </div>
        </section>
      </div>
    </div>
  );
}
