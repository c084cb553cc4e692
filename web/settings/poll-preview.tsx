import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { BotItem } from '../../api/contract/index.ts';
import { parse } from '../../domain/scenario/parse.ts';
import { simulate } from '../../domain/scenario/simulate.ts';
import { call } from '../data/client.ts';
import { Skeleton } from '../ui/bits.tsx';
import css from './nps.module.css';

/** The poll's first message as its live version sends it, played by the code that runs bots. A file of its own: the language comes only where it is looked at. */
export default function PollPreview({ bot }: { bot: BotItem }) {
  const { t } = useTranslation();
  const { data: source, isError } = useQuery({
    queryKey: ['bot', bot.id, 'source', bot.liveVersion],
    queryFn: () => call<unknown>('GET', `/api/bots/${bot.id}/versions/${bot.liveVersion}/source`),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const first = useMemo(() => {
    const parsed = source === undefined ? undefined : parse(source);
    return parsed?.ok === true ? simulate(parsed.scenario, []).find((line) => line.type === 'bot') : undefined;
  }, [source]);
  if (isError) return null;
  if (source === undefined) return <Skeleton height={72} style={{ borderRadius: 12 }} />;
  if (first === undefined) return <small>{t('nps.previewNone')}</small>;
  return (
    <>
      <div className={css.bubble}>{first.text}</div>
      <div className={css.rates}>
        {first.buttons.map((label) => (
          <span key={label}>{label}</span>
        ))}
      </div>
    </>
  );
}
