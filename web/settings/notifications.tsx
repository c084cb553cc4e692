import { startTransition, useOptimistic, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NotificationSettingsChange, NotificationSettingsView } from '../../api/contract/index.ts';
import { kindsOfGroup, type NotificationKind, notificationGroups } from '../../domain/notifications/kinds.ts';
import { alwaysInCentre, type Ways } from '../../domain/notifications/settings.ts';
import { call } from '../data/client.ts';
import { useMe } from '../data/queries.ts';
import { problemWords, serverWords } from '../data/words.ts';
import { PushDenied } from '../notifications/centre.tsx';
import { refetchNotifications, saveNotificationSettings, useDevices, useNotificationSettings } from '../notifications/data.ts';
import { ownDeviceId, turnPushOff, turnPushOn, usePushState } from '../notifications/push.ts';
import { chime } from '../notifications/sound.ts';
import { Badge, Notice, Skeleton, Time } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Select, Switch } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import css from './notifications.module.css';
import { TimeField } from './spans.tsx';

const ways = ['centre', 'push', 'sound'] as const satisfies (keyof Ways)[];

interface PartProps {
  settings: NotificationSettingsView;
  set: (change: NotificationSettingsChange) => void;
}

/** Each kind with the ways it may come. */
function Kinds({ settings, set }: PartProps) {
  const { t } = useTranslation();
  const put = (kind: NotificationKind, way: keyof Ways, on: boolean) => set({ kinds: { [kind]: { [way]: on } } });
  return (
    <section className={pageCss.card}>
      <h2>{t('settings.tell.what')}</h2>
      <div className={css.kinds}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{t('settings.tell.what')}</span>
              </th>
              {ways.map((way) => (
                <th key={way} scope="col">
                  {t(`settings.tell.${way}`)}
                </th>
              ))}
            </tr>
          </thead>
          {notificationGroups.map((group) => (
            <tbody key={group}>
              <tr className={css.group}>
                <th scope="rowgroup" colSpan={4}>
                  {t(`centre.group.${group}`)}
                </th>
              </tr>
              {kindsOfGroup(group).map((kind) => (
                <tr key={kind}>
                  <th scope="row">{t(`settings.tell.kind.${kind}`)}</th>
                  {ways.map((way) => {
                    const always = way === 'centre' && alwaysInCentre.includes(kind);
                    return (
                      <td key={way}>
                        <input
                          type="checkbox"
                          aria-label={`${t(`settings.tell.kind.${kind}`)}: ${t(`settings.tell.${way}`)}`}
                          title={always ? t('settings.tell.always') : undefined}
                          checked={settings.kinds[kind][way]}
                          disabled={always || (way !== 'centre' && !settings.kinds[kind].centre)}
                          onChange={(event) => put(kind, way, event.target.checked)}
                        />
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      </div>
      <Switch
        label={t('settings.tell.nobodys')}
        hint={t('settings.tell.nobodysHint')}
        checked={settings.nobodys}
        onChange={(event) => set({ nobodys: event.target.checked })}
      />
    </section>
  );
}

function ThisBrowser() {
  const { t } = useTranslation();
  const { user } = useMe();
  const state = usePushState();
  const [busy, setBusy] = useState(false);
  const turn = async (on: boolean) => {
    setBusy(true);
    try {
      await (on ? turnPushOn(user.id) : turnPushOff());
    } catch (error) {
      toast({ state: 'late', text: error instanceof DOMException ? t('push.failed') : problemWords(error) });
    } finally {
      setBusy(false);
    }
  };
  if (state === 'unsupported') return <Notice>{t('push.unsupported')}</Notice>;
  if (state === 'denied') return <PushDenied />;
  return (
    <Switch
      label={t('push.here')}
      hint={t('push.hereHint')}
      checked={state === 'on'}
      disabled={busy || state === 'unknown'}
      onChange={(event) => void turn(event.target.checked)}
    />
  );
}

function Devices() {
  const { t } = useTranslation();
  const { data: devices = [] } = useDevices();
  const own = ownDeviceId();
  const remove = async (id: number) => {
    try {
      if (id === own) await turnPushOff();
      else await call('DELETE', `/api/me/push-subscriptions/${id}`);
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    await refetchNotifications();
  };
  if (devices.length === 0) return null;
  return (
    <ul className={css.devices}>
      {devices.map((device) => (
        <li key={device.id}>
          <span>
            {device.device || t('push.device')} {device.id === own && <Badge>{t('push.thisOne')}</Badge>}{' '}
            {device.lastError !== '' && <Badge state="late">{t('push.error', { words: serverWords(device.lastError) })}</Badge>}
          </span>
          <small className={pageCss.muted}>
            <Time at={device.createdAt} />
          </small>
          <Button small kind="quiet" onClick={() => void remove(device.id)}>
            {t('push.remove')}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function Pushes({ settings, set }: PartProps) {
  const { t } = useTranslation();
  return (
    <section className={pageCss.card}>
      <h2>{t('push.title')}</h2>
      <ThisBrowser />
      <Devices />
      <Switch
        label={t('push.text')}
        hint={t('push.textHint')}
        checked={settings.showText}
        onChange={(event) => set({ showText: event.target.checked })}
      />
      <div style={{ maxWidth: 280 }}>
        <Select
          label={t('push.language')}
          hint={t('push.languageHint')}
          value={settings.language}
          onChange={(event) => set({ language: event.target.value as 'ru' | 'en' })}
        >
          <option value="ru">Русский</option>
          <option value="en">English</option>
        </Select>
      </div>
    </section>
  );
}

function Silence({ settings, set }: PartProps) {
  const { t } = useTranslation();
  const { quiet } = settings;
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <section className={pageCss.card}>
      <h2>{t('settings.silence.title')}</h2>
      <Switch
        label={t('settings.silence.sound')}
        hint={t('settings.silence.soundHint')}
        checked={settings.sound}
        onChange={(event) => {
          if (event.target.checked) void chime();
          set({ sound: event.target.checked });
        }}
      />
      <Switch
        label={t('settings.silence.quiet')}
        hint={t('settings.silence.quietHint')}
        checked={quiet.enabled}
        onChange={(event) => set({ quiet: { ...quiet, enabled: event.target.checked, timeZone } })}
      />
      {quiet.enabled && (
        <div className={css.quiet}>
          {t('settings.week.from')}
          <TimeField
            label={`${t('settings.silence.quiet')}: ${t('settings.week.from')}`}
            minutes={quiet.from}
            disabled={false}
            onChange={(from) => set({ quiet: { ...quiet, from } })}
          />
          {t('settings.week.to')}
          <TimeField
            label={`${t('settings.silence.quiet')}: ${t('settings.week.to')}`}
            minutes={quiet.to}
            disabled={false}
            onChange={(to) => set({ quiet: { ...quiet, to } })}
          />
          <span className={pageCss.muted}>{quiet.timeZone}</span>
        </div>
      )}
    </section>
  );
}

/** A change laid over settings, kinds and all. */
function withChange(settings: NotificationSettingsView, change: NotificationSettingsChange): NotificationSettingsView {
  const kinds = { ...settings.kinds };
  for (const [kind, part] of Object.entries(change.kinds ?? {})) {
    const name = kind as NotificationKind;
    kinds[name] = { ...kinds[name], ...part };
  }
  return { ...settings, ...change, kinds, quiet: { ...settings.quiet, ...change.quiet } };
}

function Sections({ stored }: { stored: NotificationSettingsView }) {
  const { t } = useTranslation();
  const [settings, show] = useOptimistic(stored, withChange);
  const set = (change: NotificationSettingsChange) =>
    startTransition(async () => {
      show(change);
      await saveNotificationSettings(change);
    });
  return (
    <>
      <h2>{t('settings.notifications.title')}</h2>
      <Pushes settings={settings} set={set} />
      <Silence settings={settings} set={set} />
      <Kinds settings={settings} set={set} />
    </>
  );
}

/** What I am told, and how: each person's own, whatever their rights. */
export function NotificationSettings() {
  const { data } = useNotificationSettings();
  return data === undefined ? <Skeleton height={320} style={{ borderRadius: 10 }} /> : <Sections stored={data} />;
}
