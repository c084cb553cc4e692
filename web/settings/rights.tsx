import { useTranslation } from 'react-i18next';
import type { Role } from '../../api/contract/index.ts';
import { effectiveRights, permissions, type Rights, rightsOfRole, type Scope } from '../../domain/rights/rights.ts';
import { Notice } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/field.tsx';
import css from './rights.module.css';

const scopes: Scope[] = ['none', 'own', 'group', 'all'];
const kinds = ['see', 'edit', ...permissions] as const satisfies (keyof Rights)[];
type Kind = (typeof kinds)[number];

interface RightsEditorProps {
  /** What is set here; what is missing is inherited. */
  own: Partial<Rights>;
  /** Of a user: the role, and what the group says. Absent: a group, whose users may have several roles. */
  of?: { role: Role; group: Partial<Rights> | undefined } | undefined;
  disabled: boolean;
  onChange: (rights: Partial<Rights>) => void;
}

/** Every right in plain words: what is in force, where it comes from, and the way back to what is inherited. */
export function RightsEditor({ own, of, disabled, onChange }: RightsEditorProps) {
  const { t } = useTranslation();
  const inForce = of && effectiveRights(of.role, of.group ?? null, own);
  const shown = (value: Scope | boolean) =>
    typeof value === 'boolean' ? t(value ? 'rights.yes' : 'rights.no') : t(`rights.scope.${value}`);
  const choose = (kind: Kind, text: string) => {
    const { [kind]: _, ...rest } = own;
    const value = kind === 'see' || kind === 'edit' ? (text as Scope) : text === 'true';
    onChange(text === '' ? rest : { ...rest, [kind]: value });
  };
  if (of?.role === 'administrator') return <Notice>{t('rights.administrator')}</Notice>;
  return (
    <div className={css.rights}>
      {of?.role === 'readonly' && <Notice>{t('rights.readonly')}</Notice>}
      {kinds.map((kind) => {
        const set = own[kind];
        const ofGroup = of?.group?.[kind];
        // A read-only user gains nothing that changes something.
        const fixed = of?.role === 'readonly' && !['see', 'analytics', 'export'].includes(kind);
        const inherited =
          of === undefined ? t('rights.byRole') : inheritedWords(ofGroup ?? rightsOfRole[of.role][kind], ofGroup !== undefined);
        const cut = inForce !== undefined && kind === 'edit' && !fixed && inForce.edit !== (set ?? ofGroup ?? rightsOfRole[of!.role].edit);
        return (
          <div key={kind} className={`${css.row} ${set === undefined ? css.inherited : ''}`}>
            <div>
              <strong>{t(`right.${kind}`)}</strong>
              <small>{t(`right.${kind}.hint`)}</small>
              {cut && <small data-state="wait">{t('rights.cut', { value: shown(inForce.edit) })}</small>}
            </div>
            <Select
              aria-label={t(`right.${kind}`)}
              value={fixed || set === undefined ? '' : String(set)}
              disabled={disabled || fixed}
              title={fixed ? t('rights.readonly') : undefined}
              onChange={(event) => choose(kind, event.target.value)}
            >
              <option value="">{fixed ? inheritedWords(rightsOfRole.readonly[kind], false) : inherited}</option>
              {(kind === 'see' || kind === 'edit' ? scopes : [true, false]).map((value) => (
                <option key={String(value)} value={String(value)}>
                  {shown(value)}
                </option>
              ))}
            </Select>
            <span>
              {set !== undefined && !fixed && (
                <Button
                  small
                  kind="link"
                  disabled={disabled}
                  aria-label={`${t('rights.reset')}: ${t(`right.${kind}`)}`}
                  onClick={() => choose(kind, '')}
                >
                  {t('rights.reset')}
                </Button>
              )}
            </span>
          </div>
        );
      })}
    </div>
  );

  function inheritedWords(value: Scope | boolean, isGroups: boolean): string {
    return t('rights.inherit', { value: shown(value), from: t(isGroups ? 'rights.from.group' : 'rights.from.role') });
  }
}
