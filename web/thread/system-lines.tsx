import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { serverWords } from '../data/words.ts';
import { clock, fullTime } from '../lib/time.ts';
import type { SystemLine } from './blocks.ts';
import css from './thread.module.css';

/** More lines than this in a row fold into one that says how many. */
const FOLD_OVER = 3;

function Line({ line }: { line: SystemLine }) {
  const { t } = useTranslation();
  const number = line.conversationNumber === null ? '' : `#${line.conversationNumber}`;
  const author = line.author.name ?? t(`author.${line.author.kind}`);
  const values = { number, author, from: line.from ?? '—', to: line.to ?? '—', bot: line.bot?.name ?? '' };
  const outcome = line.outcome === null ? '' : t(`outcome.${line.outcome}` as 'outcome.completed');
  const byPerson = line.author.kind === 'user';
  return (
    <div>
      {line.type === 'botStarted' || line.type === 'botEnded' ? (
        <>
          {line.type === 'botStarted' ? t('line.botStarted') : t('line.botEnded')}{' '}
          {line.bot !== null && <Link to={`/bots/${line.bot.id}`}>{line.bot.name}</Link>}
          {outcome !== '' && ` · ${outcome}`}
          {byPerson && ` · ${author}`}
          {line.words !== null && line.words !== '' && ` · ${serverWords(line.words)}`}
        </>
      ) : (
        t(`line.${line.type}`, values)
      )}{' '}
      <time dateTime={new Date(line.at).toISOString()} title={fullTime(line.at)}>
        {clock(line.at)}
      </time>
    </div>
  );
}

/** What happened around the messages, small and grey; a long row of such lines folds to its first and last. */
export const SystemLines = memo(function SystemLines({ lines }: { lines: SystemLine[] }) {
  const { t } = useTranslation();
  const [unfolded, setUnfolded] = useState(false);
  const first = lines[0];
  const last = lines.at(-1);
  if (first === undefined || last === undefined) return null;
  if (lines.length <= FOLD_OVER || unfolded)
    return (
      <div className={css.system}>
        {lines.map((line) => (
          <Line key={line.id} line={line} />
        ))}
      </div>
    );
  return (
    <div className={css.system}>
      <Line line={first} />
      <button type="button" aria-expanded={false} onClick={() => setUnfolded(true)}>
        {t('line.more', { count: lines.length - 2 })}
      </button>
      <Line line={last} />
    </div>
  );
});
