import { IconExternalLink, IconFile, IconPhone } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { type ApprovedTemplate, readsAs } from '../../domain/message/template.ts';
import { classes } from '../lib/classes.ts';
import threadCss from '../thread/thread.module.css';
import css from './composer.module.css';
import { FilePicture } from './file-picture.tsx';
import type { ComposerFile } from './use-files.ts';

interface PreviewProps {
  template: ApprovedTemplate;
  values: Readonly<Record<string, string>>;
  file: ComposerFile | undefined;
}

/** A template as the client will see it; places that are not filled stand as they were approved. */
export function TemplatePreview({ template, values, file }: PreviewProps) {
  const { t } = useTranslation();
  const read = readsAs(template, values);
  return (
    <section className={css.preview} aria-label={t('composer.templatePreview')}>
      <div className={classes(threadCss.bubble, css.previewBubble)} data-kind="user">
        {template.media !== null &&
          (file?.isPicture !== true ? (
            <span className={css.previewFile}>
              <IconFile size={16} aria-hidden /> {file?.name ?? t(`composer.templateMedia.${template.media}`)}
            </span>
          ) : (
            <span className={css.previewPicture}>
              <FilePicture file={file} sizes="160px" />
            </span>
          ))}
        {read.heading !== '' && <strong className={css.previewLine}>{read.heading}</strong>}
        <span className={css.previewLine}>{read.text}</span>
        {read.footer !== '' && <small className={css.previewLine}>{read.footer}</small>}
      </div>
      {read.buttons.length > 0 && (
        <div className={threadCss.buttons}>
          {read.buttons.map((button) => (
            <span
              key={`${button.type} ${button.label}`}
              className={threadCss.optionButton}
              title={button.type === 'url' ? button.url : button.type === 'phone' ? button.phone : undefined}
            >
              {button.label}
              {button.type === 'url' && <IconExternalLink size={13} aria-hidden />}
              {button.type === 'phone' && <IconPhone size={13} aria-hidden />}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}
