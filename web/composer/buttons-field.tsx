import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ButtonToWrite } from '../../api/contract/index.ts';
import { Button, IconButton } from '../ui/button.tsx';
import css from './composer.module.css';

/** A button as it is typed: with an address it is a link, without one an answer. */
export interface ButtonDraft {
  key: string;
  label: string;
  url: string;
}

export const newButton = (): ButtonDraft => ({ key: crypto.randomUUID(), label: '', url: '' });

/** What the API and the plan take; a button without a label is not there yet. */
export const buttonsOf = (drafts: readonly ButtonDraft[]): ButtonToWrite[] =>
  drafts
    .map(({ label, url }) => ({ label: label.trim(), url: url.trim() }))
    .filter(({ label }) => label !== '')
    .map(({ label, url }) => (url === '' ? { type: 'reply', label } : { type: 'url', label, url }));

const isAddress = (url: string) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Whether each address is one; an answer has none. */
export const buttonsAreRight = (drafts: readonly ButtonDraft[]) => drafts.every(({ url }) => url.trim() === '' || isAddress(url.trim()));

/** The buttons under the message: one line each, an address makes a link of it. */
export function ButtonsField({ buttons, onChange }: { buttons: ButtonDraft[]; onChange: (buttons: ButtonDraft[]) => void }) {
  const { t } = useTranslation();
  if (buttons.length === 0) return null;
  const change = (key: string, values: Partial<ButtonDraft>) =>
    onChange(buttons.map((button) => (button.key === key ? { ...button, ...values } : button)));
  return (
    <fieldset className={css.buttonsField} aria-label={t('composer.buttons')}>
      {buttons.map(({ key, label, url }, index) => (
        <div key={key} className={css.buttonRow}>
          <input
            // The line that was just added is where one writes on.
            ref={(input) => {
              if (input !== null && label === '' && input.dataset.seen === undefined) {
                input.dataset.seen = 'true';
                input.focus();
              }
            }}
            value={label}
            maxLength={250}
            placeholder={t('composer.buttonLabel')}
            aria-label={`${t('composer.buttonLabel')} ${index + 1}`}
            onChange={(event) => change(key, { label: event.target.value })}
          />
          <input
            value={url}
            type="url"
            maxLength={2000}
            placeholder={t('composer.buttonUrl')}
            aria-label={`${t('composer.buttonUrl')} ${index + 1}`}
            aria-invalid={url.trim() !== '' && !isAddress(url.trim())}
            onChange={(event) => change(key, { url: event.target.value })}
          />
          <IconButton
            small
            label={t('composer.buttonRemove', { name: label })}
            onClick={() => onChange(buttons.filter((one) => one.key !== key))}
          >
            <IconX size={14} aria-hidden />
          </IconButton>
        </div>
      ))}
      <Button small kind="link" icon={<IconPlus size={14} aria-hidden />} onClick={() => onChange([...buttons, newButton()])}>
        {t('composer.buttonAdd')}
      </Button>
    </fieldset>
  );
}
