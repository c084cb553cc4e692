import { IconRobot } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { clock, fullTime } from '../lib/time.ts';
import { ChannelIcon } from '../ui/bits.tsx';
import type { ThreadMessage } from './blocks.ts';
import { Bubble } from './bubble.tsx';
import css from './thread.module.css';

interface ChannelName {
  type: string;
  name: string;
}

interface GroupProps {
  messages: ThreadMessage[];
  /** Named above the bubbles where the thread has several. */
  channel?: ChannelName | undefined;
  /** The type of the channel. */
  messenger?: string | undefined;
}

/** Who wrote. A reply from the messenger's own app may be nobody's by name: then it says where it was written. */
function nameOf({ author }: ThreadMessage, messenger: string | undefined, t: TFunction): string {
  if (author.name !== null) return author.name;
  if (author.kind !== 'user' || author.id !== null || messenger === undefined) return t(`author.${author.kind}`);
  return t('author.inApp', { messenger: t(`channel.type.${messenger}` as 'channel.type.telegram', { defaultValue: messenger }) });
}

/** Bubbles of one author within a minute: who, through which channel and when stand above them once. */
export const Group = memo(function Group({ messages, channel, messenger }: GroupProps) {
  const { t } = useTranslation();
  const [first] = messages;
  const last = messages.at(-1);
  if (first === undefined || last === undefined) return null;
  const out = first.direction === 'out';
  const name = nameOf(first, messenger, t);
  return (
    <div className={css.group} data-side={out ? 'out' : 'in'} data-author={first.author.kind}>
      <div className={css.groupHead}>
        {first.bot !== null ? (
          <Link
            to={`/bots/${first.bot.id}/versions?v=${first.bot.version}${first.bot.step === null ? '' : `&step=${first.bot.step}`}`}
            title={t('message.botVersion')}
          >
            <IconRobot size={14} stroke={1.8} aria-hidden /> {name} v{first.bot.version}
          </Link>
        ) : (
          <strong>{name}</strong>
        )}
        {channel !== undefined && (
          <span title={channel.name}>
            <ChannelIcon type={channel.type} size={13} /> {channel.name}
          </span>
        )}
        <time dateTime={new Date(first.writtenAt).toISOString()} title={fullTime(first.writtenAt)}>
          {clock(first.writtenAt)}
        </time>
      </div>
      {messages.map((message, index) => {
        // One mark below a group says it for all bubbles above that have come as far.
        const next = messages[index + 1];
        const says = out && (next === undefined || next.status !== message.status);
        return (
          <div key={message.key ?? message.id} style={{ display: 'contents' }}>
            <Bubble message={message} mark={says} />
          </div>
        );
      })}
    </div>
  );
});
