import { IconPaperclip } from '@tabler/icons-react';
import { type ClipboardEvent, type KeyboardEvent, type ReactNode, type RefObject, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '../ui/button.tsx';
import { useFileDrop } from '../ui/use-file-drop.ts';
import css from './composer.module.css';
import { FileList } from './file-list.tsx';
import type { useFiles } from './use-files.ts';

interface BoxProps {
  /** A note's box looks like nothing that a client gets. */
  kind: 'client' | 'note';
  area: RefObject<HTMLTextAreaElement | null>;
  label: string;
  placeholder: string;
  text: string;
  disabled: boolean;
  files: ReturnType<typeof useFiles>;
  /** Lists over the field that are steered by its keys. */
  suggest: { list: ReactNode; field: object; moved: () => void; onKeyDown: (event: KeyboardEvent) => boolean };
  onText: (text: string) => void;
  onSubmit: () => void;
  /** Tab changes between answer and note; Shift+Tab and Esc leave the field. */
  onSwitch: () => void;
  /** Between the text and the bar: what stands under the message. */
  below?: ReactNode;
  start: ReactNode;
  end: ReactNode;
}

/** The field with its files: text that grows, files by paste, drop and button, and what stands under it. */
export function Box(props: BoxProps) {
  const { kind, area, label, placeholder, text, disabled, files, suggest, onText, onSubmit, onSwitch, below, start, end } = props;
  const { t } = useTranslation();
  const frame = useRef<HTMLDivElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const keys = (event: KeyboardEvent) => {
    if (suggest.onKeyDown(event) || event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSubmit();
    else if (event.key === 'Tab' && !event.shiftKey && !event.ctrlKey && !event.altKey) onSwitch();
    else if (event.key === 'Escape') return area.current?.blur();
    else return;
    event.preventDefault();
  };
  const paste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    files.add(event.clipboardData.files);
  };
  const over = useFileDrop(frame, (dropped) => {
    if (!disabled) files.add(dropped);
  });
  return (
    <div ref={frame} className={css.frame}>
      {over && <div className={css.drop}>{t('composer.drop')}</div>}
      {suggest.list}
      <div className={css.box} data-kind={kind}>
        <FileList files={files.files} onRemove={files.remove} onAgain={files.again} onMove={kind === 'client' ? files.move : undefined} />
        <textarea
          ref={area}
          data-composer
          className={css.text}
          rows={1}
          aria-label={label}
          placeholder={placeholder}
          value={text}
          disabled={disabled}
          {...suggest.field}
          onChange={(event) => {
            onText(event.target.value);
            suggest.moved();
          }}
          onSelect={suggest.moved}
          onKeyDown={keys}
          onPaste={paste}
        />
        {below}
        <div className={css.bar}>
          {start}
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              files.add(event.target.files ?? []);
              event.target.value = '';
            }}
          />
          <IconButton small label={t('composer.attach')} onClick={() => picker.current?.click()} disabled={disabled}>
            <IconPaperclip size={18} stroke={1.6} aria-hidden />
          </IconButton>
          {end}
        </div>
      </div>
    </div>
  );
}
