import { Popover } from '@mantine/core';
import { IconUserPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '../../api/contract/index.ts';
import { useMe } from '../data/queries.ts';
import { teamOrders } from '../data/team.ts';
import { problemWords } from '../data/words.ts';
import { useHotkeys } from '../lib/hotkeys.ts';
import { Avatar } from '../ui/bits.tsx';
import { toast } from '../ui/toasts.tsx';
import { Colleagues } from './colleagues.tsx';
import css from './team.module.css';

const SHOWN = 3;

/** Who works on the client: the responsible user and the participants as avatars; behind them the list, with adding and removing. */
export function People({ number, contact }: { number: number; contact: Contact }) {
  const { t } = useTranslation();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const { responsible, participants, mayEdit } = contact;
  useHotkeys({ i: () => setOpen(true) });
  const all = [...(responsible === null ? [] : [responsible]), ...participants.filter(({ id }) => id !== responsible?.id)];
  const change = async (action: Promise<void>, done: string) => {
    try {
      await action;
      toast({ text: done });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" width={300} trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={css.people}
          aria-label={`${t('team.people')}: ${all.map(({ name }) => name).join(', ') || t('team.nobody')}`}
          title={all.map(({ name }) => name).join(', ') || t('team.nobody')}
          onClick={() => setOpen(!open)}
        >
          {all.slice(0, SHOWN).map(({ id, name }) => (
            <Avatar key={id} name={name} size={24} />
          ))}
          {all.length > SHOWN && <span className={css.more}>+{all.length - SHOWN}</span>}
          {all.length < 2 && <IconUserPlus size={18} stroke={1.6} aria-hidden />}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={css.panel} aria-label={t('team.people')}>
        <ul className={css.members}>
          <li>
            {responsible === null ? (
              <span className={css.quiet}>{t('team.nobody')}</span>
            ) : (
              <>
                <Avatar name={responsible.name} size={24} />
                <span>{responsible.name}</span>
                <small>{t('team.responsible')}</small>
              </>
            )}
          </li>
          {participants.map(({ id, name }) => (
            <li key={id}>
              <Avatar name={name} size={24} />
              <span>{name}</span>
              <small>{t('team.participant')}</small>
              {(mayEdit || id === me.user.id) && (
                <button
                  type="button"
                  aria-label={id === me.user.id ? t('team.leave') : t('team.remove', { name })}
                  title={id === me.user.id ? t('team.leave') : t('team.remove', { name })}
                  onClick={() => void change(teamOrders.removeParticipant(number, id), t('team.removed', { name }))}
                >
                  <IconX size={14} aria-hidden />
                </button>
              )}
            </li>
          ))}
        </ul>
        {mayEdit && (
          <>
            <h3 className={css.addTitle}>{t('team.add')}</h3>
            <Colleagues
              except={({ id }) => id === responsible?.id || participants.some((one) => one.id === id)}
              onChoose={({ id, name }) => void change(teamOrders.addParticipant(number, id), t('team.added', { name }))}
            />
          </>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
