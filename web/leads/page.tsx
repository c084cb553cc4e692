import { IconLayoutColumns, IconList } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { type FilterName, filterNames, type LeadFilter } from '../data/leads.ts';
import { usePipelines } from '../data/queries.ts';
import { stored } from '../lib/storage.ts';
import { useQueryWords } from '../lib/use-query-words.ts';
import { IconButton } from '../ui/button.tsx';
import pageCss from '../ui/page.module.css';
import { Board } from './board.tsx';
import { FilterChips } from './filters.tsx';
import { CardsHead } from './head.tsx';
import css from './leads.module.css';
import { LeadList } from './list.tsx';
import { SearchWords } from './search-words.tsx';

const VIEW_KEY = 'leads.view';

/** Leads as a list or as a board; filters are words that can be taken away. All of it stands in the address; the choice of the view is remembered. */
export default function LeadsPage() {
  const { t } = useTranslation();
  const [search, change, setSearch] = useQueryWords();
  const pipelines = usePipelines().data ?? [];
  const view = (search.get('view') ?? stored.read(VIEW_KEY)) === 'board' ? 'board' : 'list';
  const filter: LeadFilter = Object.fromEntries(filterNames.flatMap((name) => (search.has(name) ? [[name, search.get(name) ?? '']] : [])));
  const pipeline = search.get('pipeline') ?? undefined;
  const set = (name: FilterName | 'view' | 'pipeline' | 'column', value: string | undefined) => change({ [name]: value });
  useEffect(() => {
    document.title = `${t('nav.leads')} · Beseda`;
  }, [t]);
  const choose = (next: 'list' | 'board') => {
    stored.write(VIEW_KEY, next);
    set('view', next);
  };
  const clear = () =>
    setSearch((before) => new URLSearchParams([...before].filter(([name]) => !filterNames.includes(name as FilterName))), {
      replace: true,
    });
  const shown = pipelines.find(({ id }) => String(id) === pipeline) ?? pipelines.find(({ isMain }) => isMain) ?? pipelines[0];

  return (
    <main className={pageCss.page}>
      <CardsHead what="lead" pipelineId={shown?.id}>
        {pipelines.length > 1 && (
          <select
            className={css.select}
            aria-label={t('leads.pipeline')}
            value={shown?.id}
            onChange={(event) => set('pipeline', event.target.value)}
          >
            {pipelines.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
        <fieldset className={css.views} aria-label={t('leads.view')}>
          {(['list', 'board'] as const).map((each) => (
            <IconButton key={each} label={t(`leads.view.${each}`)} aria-pressed={view === each} onClick={() => choose(each)}>
              {each === 'list' ? <IconList size={18} stroke={1.6} aria-hidden /> : <IconLayoutColumns size={18} stroke={1.6} aria-hidden />}
            </IconButton>
          ))}
        </fieldset>
      </CardsHead>
      <div className={css.filters}>
        <SearchWords label={t('leads.search')} value={filter.search ?? ''} onSearch={(words) => set('search', words)} />
        <FilterChips filter={filter} set={set} />
      </div>
      {view === 'list' ? (
        <LeadList filter={filter} pipeline={pipeline} filtered={Object.keys(filter).length > 0} onClear={clear} />
      ) : (
        shown !== undefined && (
          <Board
            key={shown.id}
            pipeline={shown}
            filter={filter}
            column={search.get('column') ?? undefined}
            onColumn={(stageId) => set('column', String(stageId))}
          />
        )
      )}
    </main>
  );
}
