import { useTranslation } from 'react-i18next';
import type { Bot } from '../../api/contract/index.ts';
import { messagesWithLinks, withShorten } from '../../domain/links/bot-messages.ts';
import { Select } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { changeBot } from './change-bot.ts';

const choices = { channel: undefined, short: true, asIs: false } as const;
const LONGEST_LABEL = 160;
type Choice = keyof typeof choices;

/** Messages of the draft that hold links, and whether each sends them short; nothing where there are none. */
export function LinkedMessages({ bot, disabled }: { bot: Bot; disabled: boolean }) {
  const { t } = useTranslation();
  const messages = messagesWithLinks(bot.source);
  if (messages.length === 0) return null;
  return (
    <section className={pageCss.card} data-linked-messages>
      <h2>{t('links.ofMessages')}</h2>
      <p className={pageCss.muted}>{t('links.ofMessagesHint')}</p>
      {messages.map(({ path, words, urls, shorten }) => (
        <Select
          key={path.join('/')}
          label={cut(words === '' ? urls.join(', ') : words)}
          disabled={disabled}
          value={shorten === undefined ? 'channel' : shorten ? 'short' : 'asIs'}
          onChange={(event) => void changeBot(bot, { source: withShorten(bot.source, path, choices[event.target.value as Choice]) })}
        >
          {(Object.keys(choices) as Choice[]).map((choice) => (
            <option key={choice} value={choice}>
              {t(`links.choice.${choice}`)}
            </option>
          ))}
        </Select>
      ))}
    </section>
  );
}

/** Enough of a long message to know it by. */
const cut = (text: string): string => (text.length <= LONGEST_LABEL ? text : `${text.slice(0, LONGEST_LABEL)}…`);
