import { IconEyeOff, IconPlus, IconUsers } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'react-router';
import { ApiProblem } from '../data/client.ts';
import { useMe } from '../data/queries.ts';
import { problemWords } from '../data/words.ts';
import { useQueryWords } from '../lib/use-query-words.ts';
import { Chip, Empty, Skeleton } from '../ui/bits.tsx';
import { Button, ButtonLink, IconButton } from '../ui/button.tsx';
import { Chat } from './chat.tsx';
import { useInternalChat, useInternalChats } from './data.ts';
import css from './internal.module.css';
import { ChatRow } from './list.tsx';
import { NewChat } from './new-chat.tsx';
import { Found } from './search.tsx';

function OpenChat({ id, onSearch }: { id: number; onSearch: () => void }) {
  const { t } = useTranslation();
  const [search] = useSearchParams();
  const { data: chat, error } = useInternalChat(id);
  const at = Number(search.get('at'));
  useEffect(() => {
    if (chat !== undefined) document.title = `${chat.title} · Beseda`;
  }, [chat]);
  if (error !== null && (chat === undefined || (error instanceof ApiProblem && error.status === 404)))
    return (
      <Empty
        title={error instanceof ApiProblem && error.status === 404 ? t('internal.noChat') : problemWords(error)}
        action={<ButtonLink to="/team">{t('internal.toList')}</ButtonLink>}
      />
    );
  if (chat === undefined) return <div className={css.surface} aria-busy />;
  return <Chat chat={chat} found={Number.isInteger(at) && at > 0 ? at : undefined} backTo="/team" onSearch={onSearch} />;
}

/** Chats of colleagues: the list left, the open one right, on a ground that no client's thread has. */
export default function TeamPage() {
  const { t } = useTranslation();
  const me = useMe();
  const id = Number(useParams().id);
  const isOpen = Number.isInteger(id) && id > 0;
  const [search, change] = useQueryWords();
  const words = search.get('q') ?? '';
  const inside = Number(search.get('in')) || undefined;
  const [isMaking, setMaking] = useState(false);
  const query = useInternalChats();
  const chats = query.data?.pages.flatMap((page) => page.items) ?? [];
  const mayWrite = me.role !== 'readonly';
  useEffect(() => {
    if (!isOpen) document.title = `${t('internal.title')} · Beseda`;
  }, [isOpen, t]);
  const searchHere = () => {
    change({ in: String(id) });
    document.getElementById('internal-search')?.focus();
  };
  return (
    <div className={css.page} data-open={isOpen && search.get('in') === null}>
      <aside className={css.list} aria-label={t('internal.title')}>
        <div className={css.listHead}>
          <h1>{t('internal.title')}</h1>
          {mayWrite && (
            <IconButton label={t('internal.new')} onClick={() => setMaking(true)}>
              <IconPlus size={20} stroke={1.6} aria-hidden />
            </IconButton>
          )}
        </div>
        <div className={css.find}>
          <input
            id="internal-search"
            type="search"
            className={css.findField}
            placeholder={t('internal.search')}
            aria-label={t('internal.search')}
            value={words}
            onChange={(event) => change({ q: event.target.value, at: undefined })}
          />
          {inside !== undefined && (
            <Chip onRemove={() => change({ in: undefined })}>
              {t('internal.inChat', { name: chats.find((chat) => chat.id === inside)?.title ?? '' })}
            </Chip>
          )}
        </div>
        <div className={css.rows}>
          {words !== '' ? (
            <Found words={words} chatId={inside} />
          ) : (
            <>
              {query.isPending && [0, 1, 2].map((row) => <Skeleton key={row} height={36} style={{ margin: 12, width: 'auto' }} />)}
              {query.isSuccess && chats.length === 0 && (
                <Empty
                  icon={<IconUsers size={36} stroke={1.4} />}
                  title={t('internal.none')}
                  action={mayWrite ? <Button onClick={() => setMaking(true)}>{t('internal.new')}</Button> : undefined}
                >
                  {t('internal.noneHint')}
                </Empty>
              )}
              {chats.map((chat) => (
                <ChatRow key={chat.id} chat={chat} isOpen={chat.id === id} />
              ))}
              {query.hasNextPage && (
                <Button kind="quiet" onClick={() => void query.fetchNextPage()}>
                  {t('common.more')}
                </Button>
              )}
            </>
          )}
        </div>
      </aside>
      <main className={css.main}>
        {isOpen ? (
          <OpenChat key={id} id={id} onSearch={searchHere} />
        ) : (
          <Empty icon={<IconEyeOff size={40} stroke={1.3} />} title={t('internal.choose')}>
            {t('internal.chooseHint')}
          </Empty>
        )}
      </main>
      {isMaking && <NewChat onClose={() => setMaking(false)} />}
    </div>
  );
}
