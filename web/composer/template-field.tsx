import { IconPaperclip, IconRefresh, IconSend2 } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '../../api/contract/index.ts';
import { type ApprovedTemplate, fillTemplate, templateProblems } from '../../domain/message/template.ts';
import { send } from '../data/outbox.ts';
import { refreshTemplates, useMe, useTemplates } from '../data/queries.ts';
import { problemWords, serverWords } from '../data/words.ts';
import { currentLanguage } from '../i18n/index.ts';
import { serverNow } from '../lib/use-now.ts';
import { Notice, Skeleton } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Select, TextField } from '../ui/field.tsx';
import { toast } from '../ui/toasts.tsx';
import { ChannelPicker, type Target } from './channel-picker.tsx';
import { beginning } from './client-field.tsx';
import css from './composer.module.css';
import { FileList } from './file-list.tsx';
import { kindOf } from './plan.ts';
import { TemplatePreview } from './template-preview.tsx';
import { useFiles } from './use-files.ts';

interface TemplateFieldProps {
  contact: Contact;
  target: Target;
  onTarget: (target: Target) => void;
}

const idOf = ({ name, language }: ApprovedTemplate) => `${name}/${language}`;

/** Where the messenger takes only what it has approved: a template is chosen, filled and seen as the client will see it. */
export function TemplateField({ contact, target, onTarget }: TemplateFieldProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState('');
  const [asking, setAsking] = useState(false);
  const query = useTemplates(target.channel.id);
  const templates = query.data?.items ?? [];
  const template = templates.find((one) => idOf(one) === chosen) ?? templates[0];
  const refresh = () => {
    setAsking(true);
    refreshTemplates(target.channel.id)
      .catch((error: unknown) => toast({ state: 'late', text: problemWords(error) }))
      .finally(() => setAsking(false));
  };
  const words = query.error !== null ? problemWords(query.error) : serverWords(query.data?.words ?? '');
  return (
    <div className={css.box} data-kind="client" data-templates>
      <div className={css.templates}>
        {query.isPending ? (
          <Skeleton height={32} />
        ) : (
          <div className={css.templateChoice}>
            <Select
              label={t('composer.template')}
              value={template === undefined ? '' : idOf(template)}
              disabled={templates.length === 0}
              onChange={(event) => setChosen(event.target.value)}
            >
              {templates.length === 0 && <option value="">{t('composer.templateNone')}</option>}
              {templates.map((one) => (
                <option key={idOf(one)} value={idOf(one)}>
                  {one.name} · {one.language}
                </option>
              ))}
            </Select>
            <IconButton small label={t('composer.templateRefresh')} onClick={refresh} disabled={asking}>
              <IconRefresh size={16} aria-hidden />
            </IconButton>
          </div>
        )}
        {words !== '' && <Notice state="late">{words}</Notice>}
        {query.isSuccess && templates.length === 0 && words === '' && <Notice>{t('composer.templateNoneHint')}</Notice>}
      </div>
      {template === undefined ? (
        <div className={css.bar}>
          <ChannelPicker contact={contact} target={target} onTarget={onTarget} />
        </div>
      ) : (
        <Filling key={idOf(template)} template={template} contact={contact} target={target} onTarget={onTarget} />
      )}
    </div>
  );
}

/** What a field is called: the place as it reads in the text, and what it is part of where that is not the text. */
function useFieldName() {
  const { t } = useTranslation();
  return (template: ApprovedTemplate, key: string): string => {
    const [part, name = ''] = key.split('.', 2);
    if (part === 'button') return t('composer.templateLink', { label: template.buttons[Number(name)]?.label ?? '' });
    return part === 'heading' ? t('composer.templateHeading', { name: `{{${name}}}` }) : `{{${name}}}`;
  };
}

function Filling({ template, contact, target, onTarget }: TemplateFieldProps & { template: ApprovedTemplate }) {
  const { t } = useTranslation();
  const me = useMe();
  const files = useFiles();
  const picker = useRef<HTMLInputElement>(null);
  const [values, setValues] = useState<Record<string, string>>({});
  const [asked, setAsked] = useState(false);
  const fieldName = useFieldName();
  const problems = templateProblems(
    template,
    values,
    files.files.map((file) => ({ kind: kindOf(file) })),
  );
  const wordsOf = (field: string) => {
    const problem = problems.find((one) => one.field === field);
    // What is not filled yet is no mistake before somebody wants to send it.
    return problem === undefined || (!asked && (problem.code === 'missing' || problem.code === 'no_file'))
      ? undefined
      : problem.message[currentLanguage()];
  };
  const uploading = files.files.some((file) => file.stored === undefined && file.error === undefined);
  const failed = files.files.some((file) => file.error !== undefined);
  const submit = () => {
    setAsked(true);
    if (problems.length > 0 || uploading || failed) return;
    const chat = contact.chats.find(({ id }) => id === target.chatId);
    const filled = fillTemplate(template, values);
    send(
      {
        chatId: chat?.id ?? beginning(contact.id, target.channel.id),
        channelId: target.channel.id,
        contactId: contact.id,
        conversationNumber: chat?.conversationNumber ?? null,
        author: { id: me.user.id, name: me.user.name },
        text: filled.text,
        buttons: filled.buttons,
        template: { name: template.name, language: template.language, values },
        files: files.files.flatMap((file) => file.stored ?? []),
      },
      serverNow(),
    );
    setValues({});
    setAsked(false);
    files.clear();
  };
  const general = wordsOf('values') ?? wordsOf('attachments');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className={css.filling}>
        <div className={css.fillingFields}>
          {template.fields.map(({ key, example }) => (
            <TextField
              key={key}
              label={fieldName(template, key)}
              value={values[key] ?? ''}
              placeholder={example === '' ? undefined : t('composer.templateExample', { example })}
              error={wordsOf(`values.${key}`)}
              onChange={(event) => setValues((now) => ({ ...now, [key]: event.target.value }))}
            />
          ))}
          {template.fields.length === 0 && template.media === null && <span className={css.notice}>{t('composer.templateNothing')}</span>}
          <FileList files={files.files} onRemove={files.remove} onAgain={files.again} />
        </div>
        <TemplatePreview template={template} values={values} file={files.files[0]} />
      </div>
      <div className={css.bar}>
        <ChannelPicker contact={contact} target={target} onTarget={onTarget} />
        <span className={css.hint} role="status" data-problem={general !== undefined}>
          {general ?? (uploading ? t('composer.sendsWhenReady') : '')}
        </span>
        {template.media !== null && (
          <>
            <input
              ref={picker}
              type="file"
              hidden
              accept={
                template.media === 'picture' ? 'image/png,image/jpeg' : template.media === 'video' ? 'video/mp4,video/3gpp' : undefined
              }
              onChange={(event) => {
                files.clear();
                files.add(event.target.files ?? []);
                event.target.value = '';
              }}
            />
            <IconButton small label={t(`composer.templateMedia.${template.media}`)} onClick={() => picker.current?.click()}>
              <IconPaperclip size={18} stroke={1.6} aria-hidden />
            </IconButton>
          </>
        )}
        <Button small kind="primary" type="submit" icon={<IconSend2 size={16} stroke={1.8} aria-hidden />}>
          {t('composer.templateSend')}
        </Button>
      </div>
    </form>
  );
}
