import { useTranslation } from 'react-i18next';
import { fieldWords } from '../data/words.ts';
import { Select, TextArea, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import type { ConnectField, ConnectForm } from './connect-forms.ts';
import css from './settings.module.css';

interface FieldProps {
  field: ConnectField;
  error: unknown;
  /** The dialog begins there. */
  first?: boolean;
}

function Field({ field, error, first = false }: FieldProps) {
  const { t } = useTranslation();
  const { name, label, hint, initial, wrong, lines = false, ...rest } = field;
  const words = fieldWords(error, name);
  const common = {
    ...rest,
    name,
    label: t(label),
    hint: hint === undefined ? undefined : t(hint),
    defaultValue: initial === undefined ? undefined : t(initial),
    error: words === undefined || wrong === undefined ? words : t(wrong, { words }),
    autoComplete: 'off',
    spellCheck: false,
    ...(first ? { 'data-autofocus': true } : {}),
  };
  return lines ? <TextArea {...common} rows={2} /> : <TextField {...common} />;
}

/** Steps at the vendor, then the fields; each says itself what the server found wrong with it. */
export function ConnectFields({ form, error }: { form: ConnectForm; error: unknown }) {
  const { t } = useTranslation();
  const { about, steps, fields, rare } = form;
  return (
    <>
      {about !== undefined && <p className={pageCss.muted}>{t(about)}</p>}
      {steps !== undefined && (
        <ol className={pageCss.steps}>
          {steps.map(({ words, link }) => (
            <li key={words}>
              {t(words)}{' '}
              {link !== undefined && (
                <a href={link.href} target="_blank" rel="noreferrer">
                  {link.text}
                </a>
              )}
            </li>
          ))}
        </ol>
      )}
      {fields.map((field, index) => (
        <Field key={field.name} field={field} error={error} first={index === 0} />
      ))}
      {rare !== undefined && (
        <details className={css.rare} open={rare.fields.some(({ name }) => fieldWords(error, name) !== undefined)}>
          <summary>{t(rare.summary)}</summary>
          {rare.about !== undefined && <p className={pageCss.muted}>{t(rare.about)}</p>}
          {rare.fields.map((field) => (
            <Field key={field.name} field={field} error={error} />
          ))}
        </details>
      )}
      <Way form={form} error={error} />
    </>
  );
}

/** How this installation and the messenger reach each other, where it is not as usual. */
function Way({ form: { apiAddress: address, canBePolled = false }, error }: { form: ConnectForm; error: unknown }) {
  const { t } = useTranslation();
  if (address === undefined) return null;
  const wrong = { receive: fieldWords(error, 'receive'), apiRoot: fieldWords(error, 'apiRoot') };
  return (
    <details className={css.rare} open={wrong.apiRoot !== undefined || (canBePolled && wrong.receive !== undefined)}>
      <summary>{t(canBePolled ? 'connect.way' : 'connect.more')}</summary>
      {canBePolled && (
        <Select name="receive" label={t('connect.receive')} defaultValue="" error={wrong.receive}>
          <option value="">{t('connect.receive.usual')}</option>
          <option value="webhook">{t('channel.receive.webhook')}</option>
          <option value="polling">{t('channel.receive.polling')}</option>
        </Select>
      )}
      <TextField
        name="apiRoot"
        label={t('connect.apiRoot', { address })}
        hint={t('connect.apiRootHint')}
        type="url"
        error={wrong.apiRoot}
      />
    </details>
  );
}
