import { IconAddressBook, IconSearchOff, IconTarget } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { SearchHit } from '../../api/contract/index.ts';
import { type SearchIn, useSearch } from '../data/search.ts';
import { Avatar, Empty, Skeleton, Time } from '../ui/bits.tsx';
import { IconButton } from '../ui/button.tsx';
import { Marked } from '../ui/marked.tsx';
import { useInboxAddress } from './address.ts';
import css from './inbox.module.css';

const places: readonly SearchIn[] = ['messages', 'contacts', 'leads'];
const plain = (text: { text: string }[]) => text.map((piece) => piece.text).join('');

function Hit({ hit, linkTo, open }: { hit: SearchHit; linkTo: (to: number, more?: { message?: string }) => string; open: string | null }) {
  const { t } = useTranslation();
  if (hit.kind === 'message') {
    const inside = (
      <>
        <Avatar name={hit.contact.name} channelType={hit.channel.type} channelName={hit.channel.name} />
        <div>
          <div className={css.rowLine}>
            <span className={css.rowName}>{hit.contact.name}</span>
            {hit.number !== null && <span className={css.rowNumber}>#{hit.number}</span>}
            <span className={css.rowEnd}>
              <Time at={hit.writtenAt} />
            </span>
          </div>
          <p className={css.hitText}>
            {hit.direction === 'out' && `${hit.author.name ?? t(`author.${hit.author.kind}`)}: `}
            <Marked text={hit.text} />
          </p>
        </div>
      </>
    );
    // We wrote first and nobody has answered: there is no conversation that could be opened.
    if (hit.number === null) return <div className={css.hit}>{inside}</div>;
    return (
      <Link to={linkTo(hit.number, { message: hit.id })} className={css.hit} data-hit={hit.id} aria-current={open === hit.id}>
        {inside}
      </Link>
    );
  }
  if (hit.kind === 'contact') {
    const to = hit.number !== null ? linkTo(hit.number) : hit.leadId === null ? undefined : `/leads/${hit.leadId}`;
    const inside = (
      <>
        <Avatar name={plain(hit.name)} />
        <div>
          <div className={css.rowLine}>
            <span className={css.rowName}>
              <Marked text={hit.name} />
            </span>
            {hit.number !== null && <span className={css.rowNumber}>#{hit.number}</span>}
          </div>
          <p className={css.hitText}>
            <Marked text={hit.details} />
          </p>
        </div>
      </>
    );
    return to === undefined ? (
      <div className={css.hit}>{inside}</div>
    ) : (
      <Link to={to} className={css.hit} data-hit={hit.id}>
        {inside}
      </Link>
    );
  }
  return (
    <Link to={`/leads/${hit.id}`} className={css.hit} data-hit={hit.id}>
      <span className={css.hitIcon}>
        <IconAddressBook size={20} stroke={1.6} aria-hidden />
      </span>
      <div>
        <div className={css.rowLine}>
          <span className={css.rowName}>
            <Marked text={hit.name} />
          </span>
          <span className={css.rowEnd}>{hit.stage}</span>
        </div>
        <p className={css.hitText}>{hit.contact !== null && <Marked text={hit.contact} />}</p>
      </div>
    </Link>
  );
}

/** What was found, in place of the list: messages first, contacts and leads one step aside. */
export function SearchResults({ q, message }: { q: string; message: string | null }) {
  const { t } = useTranslation();
  const { linkTo, filters } = useInboxAddress();
  const [place, setPlace] = useState<SearchIn>('messages');
  const [order, setOrder] = useState<'newest' | 'relevance'>('newest');
  const query = useSearch({ q, in: place, order, channel: place === 'messages' ? filters.channel : undefined });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const conversation = query.data?.pages[0]?.conversation ?? null;
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetching, fetchNextPage } = query;
  // A page that brought too little leaves the end in sight: it is looked at again whenever a fetch has ended.
  useEffect(() => {
    const mark = end.current;
    if (mark === null || !hasNextPage || isFetching) return;
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && void fetchNextPage(), { rootMargin: '400px' });
    seen.observe(mark);
    return () => seen.disconnect();
  }, [hasNextPage, isFetching, fetchNextPage]);
  const nothing = !query.isPending && !isFetching && !hasNextPage && items.length === 0 && conversation === null;
  return (
    <>
      <section className={css.places} aria-label={t('search.where')}>
        {places.map((each) => (
          <button key={each} type="button" className={css.place} aria-pressed={each === place} onClick={() => setPlace(each)}>
            {t(`search.in.${each}`)}
          </button>
        ))}
        {place === 'messages' && (
          <span className={css.rowEnd}>
            <IconButton
              small
              label={t('search.relevance')}
              aria-pressed={order === 'relevance'}
              onClick={() => setOrder(order === 'newest' ? 'relevance' : 'newest')}
            >
              <IconTarget size={18} stroke={1.6} aria-hidden />
            </IconButton>
          </span>
        )}
      </section>
      <div className={css.hits} aria-busy={isFetching} data-results>
        {conversation !== null && (
          <Link to={linkTo(conversation.number)} className={css.hit} data-hit={`number-${conversation.number}`}>
            <Avatar name={conversation.contact.name} channelType={conversation.channel.type} channelName={conversation.channel.name} />
            <div>
              <div className={css.rowLine}>
                <span className={css.rowName}>{t('search.conversation', { number: conversation.number })}</span>
              </div>
              <p className={css.hitText}>{conversation.contact.name}</p>
            </div>
          </Link>
        )}
        {items.map((hit) => (
          <Hit key={`${hit.kind}-${hit.id}`} hit={hit} linkTo={linkTo} open={message} />
        ))}
        {(query.isPending || (isFetching && items.length === 0)) &&
          [0, 1, 2, 3].map((index) => (
            <div key={index} className={css.hit} aria-hidden>
              <Skeleton width={36} height={36} style={{ borderRadius: 18 }} />
              <div>
                <Skeleton width="50%" />
                <Skeleton width="90%" style={{ marginTop: 8 }} />
              </div>
            </div>
          ))}
        {nothing && (
          <Empty icon={<IconSearchOff size={36} stroke={1.4} />} title={t('search.none')}>
            {t('search.noneHint')}
          </Empty>
        )}
        <div ref={end} />
      </div>
    </>
  );
}
