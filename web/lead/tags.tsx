import { IconX } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tag } from '../../api/contract/index.ts';
import { useTags } from '../data/queries.ts';
import css from './panel.module.css';

interface TagsProps {
  tags: Tag[];
  entity: 'lead' | 'contact' | 'customer';
  disabled: boolean;
  onChange: (names: string[]) => void;
}

/** Tags as words: the cross takes one away, typing adds one, known ones are offered. */
export function Tags({ tags, entity, disabled, onChange }: TagsProps) {
  const { t } = useTranslation();
  const known = useTags(entity);
  const list = useId();
  const [draft, setDraft] = useState('');
  const names = tags.map(({ name }) => name);
  const add = (value: string) => {
    const name = value.trim();
    setDraft('');
    if (name !== '' && !names.some((each) => each.toLowerCase() === name.toLowerCase())) onChange([...names, name]);
  };
  return (
    <div className={css.tags}>
      {names.map((name) => (
        <span key={name} className={css.tag}>
          {name}
          <button
            type="button"
            disabled={disabled}
            aria-label={t('lead.removeTag', { name })}
            onClick={() => onChange(names.filter((each) => each !== name))}
          >
            <IconX size={12} aria-hidden />
          </button>
        </span>
      ))}
      {!disabled && (
        <input
          className={css.tagInput}
          list={list}
          value={draft}
          placeholder={t('lead.addTag')}
          aria-label={t('lead.addTag')}
          maxLength={100}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => add(draft)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ',') {
              event.preventDefault();
              add(draft);
            } else if (event.key === 'Backspace' && draft === '' && names.length > 0) onChange(names.slice(0, -1));
          }}
        />
      )}
      <datalist id={list}>
        {known.data
          ?.filter(({ name }) => !names.includes(name))
          .map(({ id, name }) => (
            <option key={id} value={name} />
          ))}
      </datalist>
    </div>
  );
}
