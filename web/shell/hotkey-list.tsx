import { useTranslation } from 'react-i18next';
import type { TextKey } from '../i18n/index.ts';
import { isMac } from '../lib/hotkeys.ts';
import { Kbd } from '../ui/bits.tsx';
import { Dialog } from '../ui/dialog.tsx';
import css from './spotlight.module.css';

const mod = isMac ? '⌘' : 'Ctrl';
const groups: { title: TextKey; keys: [string[], TextKey][] }[] = [
  {
    title: 'keys.everywhere',
    keys: [
      [[mod, 'K'], 'nav.search'],
      [['B'], 'bell.title'],
      [['?'], 'keys.title'],
    ],
  },
  {
    title: 'keys.list',
    keys: [
      [['J'], 'keys.next'],
      [['K'], 'keys.previous'],
      [['Enter'], 'keys.open'],
      [['1', '…', '7'], 'keys.views'],
      [['E'], 'talk.close'],
      [['N'], 'talk.noReplyNeeded'],
      [['X'], 'bulk.start'],
      [['/'], 'search.label'],
      [['R'], 'keys.reply'],
      [['Esc'], 'keys.leave'],
    ],
  },
  {
    title: 'keys.thread',
    keys: [
      [['M'], 'keys.menu'],
      [['F'], 'talk.closeForce'],
      [['Q'], 'talk.closeAndStop'],
      [['U'], 'talk.markUnread'],
      [['T'], 'talk.transfer'],
      [['I'], 'keys.people'],
      [['L'], 'talk.copyLink'],
      [['H'], 'talk.history'],
      [['S'], 'keys.stopBots'],
      [['D'], 'talk.block'],
    ],
  },
  {
    title: 'keys.writing',
    keys: [
      [[mod, 'Enter'], 'composer.send'],
      [['/'], 'keys.quick'],
      [['Tab'], 'keys.note'],
      [['@'], 'keys.mention'],
    ],
  },
];

export default function HotkeyList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog reading onClose={onClose} title={t('keys.title')} size={440}>
      {groups.map(({ title, keys }) => (
        <section key={title} className={css.keys}>
          <h2>{t(title)}</h2>
          <dl>
            {keys.map(([combination, label]) => (
              <div key={label}>
                <dt>{t(label)}</dt>
                <dd>
                  {combination.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
