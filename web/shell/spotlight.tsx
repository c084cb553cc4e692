import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  IconAddressBook,
  IconHash,
  IconInbox,
  IconKeyboard,
  IconLanguage,
  IconMessageSearch,
  IconMoon,
  IconRobot,
  IconSearch,
  IconSettings,
  IconUser,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { LeadPage } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useBots } from '../data/queries.ts';
import { useSearch } from '../data/search.ts';
import { changeLanguage, currentLanguage } from '../i18n/index.ts';
import { Dialog } from '../ui/dialog.tsx';
import { OptionLine } from '../ui/option-line.tsx';
import css from './spotlight.module.css';

interface Option {
  id: string;
  group: string;
  icon: ReactNode;
  label: string;
  aside?: string;
  run: () => void;
}

const icon = (Icon: typeof IconHash) => <Icon size={18} stroke={1.6} aria-hidden />;

/** Everything by its name: leads and their contacts, conversations by number, bots, settings, and the few actions of the frame. */
function useOptions(search: string, onKeys: () => void): Option[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const bots = useBots();
  const [wanted] = useDebouncedValue(search.trim(), 150);
  const leads = useQuery({
    queryKey: ['leads', 'spotlight', wanted],
    queryFn: ({ signal }) => call<LeadPage>('GET', '/api/leads', { query: { limit: 8 }, signal }),
    enabled: wanted === '',
  });
  const people = useSearch({ q: wanted, in: 'contacts', limit: 6 });
  const found = useSearch({ q: wanted, in: 'leads', limit: 6 });
  const needle = search.trim().toLowerCase();
  const fits = (label: string) => needle === '' || label.toLowerCase().includes(needle);
  const go = (path: string) => () => void navigate(path);
  const options: Option[] = [];
  const number = /^#?\s*(\d{1,12})$/.exec(needle)?.[1];
  if (number !== undefined)
    options.push({
      id: 'number',
      group: t('spotlight.conversations'),
      icon: icon(IconHash),
      label: t('spotlight.openNumber', { number }),
      run: go(`/inbox/${number}`),
    });
  const plain = (text: { text: string }[]) => text.map((piece) => piece.text).join('');
  for (const hit of wanted === '' ? [] : (people.data?.pages[0]?.items ?? []))
    if (hit.kind === 'contact' && (hit.number !== null || hit.leadId !== null))
      options.push({
        id: `contact-${hit.id}`,
        group: t('search.in.contacts'),
        icon: icon(IconUser),
        label: plain(hit.name),
        aside: plain(hit.details),
        run: go(hit.number === null ? `/leads/${hit.leadId}` : `/inbox/${hit.number}`),
      });
  for (const hit of wanted === '' ? [] : (found.data?.pages[0]?.items ?? []))
    if (hit.kind === 'lead')
      options.push({
        id: `lead-${hit.id}`,
        group: t('nav.leads'),
        icon: icon(IconAddressBook),
        label: hit.contact === null ? plain(hit.name) : `${plain(hit.contact)} · ${plain(hit.name)}`,
        aside: hit.stage,
        run: go(`/leads/${hit.id}`),
      });
  if (wanted !== '')
    options.push({
      id: 'messages',
      group: t('search.in.messages'),
      icon: icon(IconMessageSearch),
      label: t('search.inMessages', { words: wanted }),
      run: go(`/inbox?q=${encodeURIComponent(wanted)}`),
    });
  for (const lead of wanted === '' ? (leads.data?.items ?? []) : [])
    options.push({
      id: `lead-${lead.id}`,
      group: t('nav.leads'),
      icon: icon(IconAddressBook),
      label: lead.contact === null ? lead.name : `${lead.contact.name} · ${lead.name}`,
      aside: lead.stage.name,
      run: go(`/leads/${lead.id}`),
    });
  for (const bot of bots.data ?? [])
    if (fits(bot.name))
      options.push({ id: `bot-${bot.id}`, group: t('nav.bots'), icon: icon(IconRobot), label: bot.name, run: go(`/bots/${bot.id}`) });
  const fixed: Option[] = [
    { id: 'inbox', group: t('spotlight.places'), icon: icon(IconInbox), label: t('nav.inbox'), run: go('/inbox') },
    { id: 'leads', group: t('spotlight.places'), icon: icon(IconAddressBook), label: t('nav.leads'), run: go('/leads') },
    { id: 'bots', group: t('spotlight.places'), icon: icon(IconRobot), label: t('nav.bots'), run: go('/bots') },
    ...(['channels', 'chats', 'users'] as const).map((section) => ({
      id: section,
      group: t('nav.settings'),
      icon: icon(IconSettings),
      label: t(`settings.${section}.title`),
      run: go(`/settings/${section}`),
    })),
    {
      id: 'theme',
      group: t('spotlight.actions'),
      icon: icon(IconMoon),
      label: t('spotlight.theme'),
      run: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
    },
    {
      id: 'language',
      group: t('spotlight.actions'),
      icon: icon(IconLanguage),
      label: currentLanguage() === 'ru' ? 'Switch to English' : 'Показать по-русски',
      run: () => void changeLanguage(currentLanguage() === 'ru' ? 'en' : 'ru'),
    },
    { id: 'keys', group: t('spotlight.actions'), icon: icon(IconKeyboard), label: t('keys.title'), aside: '?', run: onKeys },
  ];
  return [...options, ...fixed.filter(({ label }) => fits(label))];
}

export default function Spotlight({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState(0);
  const options = useOptions(search, onKeys);
  const at = Math.min(chosen, Math.max(0, options.length - 1));
  const take = (option: Option | undefined) => {
    if (option === undefined) return;
    onClose();
    option.run();
  };
  const move = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setChosen((at + 1) % Math.max(1, options.length));
    else if (event.key === 'ArrowUp') setChosen((at - 1 + options.length) % Math.max(1, options.length));
    else if (event.key === 'Enter') take(options[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog
      onClose={onClose}
      withCloseButton={false}
      size={560}
      styles={{ body: { padding: 0 } }}
      yOffset="12vh"
      centered={false}
      aria-label={t('nav.search')}
    >
      <div className={css.box}>
        <div className={css.search}>
          <IconSearch size={20} stroke={1.6} aria-hidden />
          <input
            data-autofocus
            autoFocus
            role="combobox"
            aria-expanded
            aria-controls="spotlight"
            aria-activedescendant={options[at] === undefined ? undefined : `spotlight-${options[at].id}`}
            aria-label={t('nav.search')}
            placeholder={t('spotlight.placeholder')}
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
              setChosen(0);
            }}
            onKeyDown={move}
          />
        </div>
        <div className={css.results} id="spotlight" role="listbox" aria-label={t('nav.search')}>
          {options.length === 0 && <div className={css.none}>{t('spotlight.none')}</div>}
          {options.map((option, index) => (
            <div key={option.id}>
              {options[index - 1]?.group !== option.group && <div className={css.group}>{option.group}</div>}
              <OptionLine
                id={`spotlight-${option.id}`}
                className={css.option}
                at={index === at}
                onPoint={() => setChosen(index)}
                onTake={() => take(option)}
              >
                {option.icon}
                <span>{option.label}</span>
                {option.aside !== undefined && <small>{option.aside}</small>}
              </OptionLine>
            </div>
          ))}
        </div>
      </div>
    </Dialog>
  );
}
