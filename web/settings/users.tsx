import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewUser, User, UserChange } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useMe, useUsers } from '../data/queries.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { Avatar, Badge, Notice, Skeleton } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Select, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { AddSection } from './add-section.tsx';
import { Groups, refetchPeople, useGroups } from './groups.tsx';
import css from './rights.module.css';
import { RightsDialog } from './rights-dialog.tsx';

const roles = ['administrator', 'manager', 'readonly'] as const;

/** False when it was refused; the reason is shown. */
async function changeUser(user: User, change: UserChange): Promise<boolean> {
  let done = true;
  try {
    await call('PATCH', `/api/users/${user.id}`, { body: change });
  } catch (error) {
    done = false;
    toast({ state: 'late', text: problemWords(error) });
  }
  await refetchPeople();
  return done;
}

function GroupOptions() {
  const { t } = useTranslation();
  const groups = useGroups();
  return (
    <>
      <option value="">{t('users.noGroup')}</option>
      {groups.data?.map((group) => (
        <option key={group.id} value={group.id}>
          {group.name}
        </option>
      ))}
    </>
  );
}

function AddUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const groups = useGroups();
  const [error, setError] = useState<unknown>();
  const [made, setMade] = useState<{ email: string; password: string }>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const { groupId, ...rest } = Object.fromEntries(form) as Record<string, string>;
    const body = { ...rest, groupId: groupId ? Number(groupId) : null } as NewUser;
    try {
      const user = await call<User & { password: string | null }>('POST', '/api/users', { body, idempotencyKey: crypto.randomUUID() });
      await refetchPeople();
      if (user.password === null) onClose();
      else setMade({ email: user.email, password: user.password });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Dialog onClose={onClose} title={t('users.add')} size={460}>
      {made === undefined ? (
        <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
          <TextField name="name" label={t('users.name')} required data-autofocus error={fieldWords(error, 'name')} />
          <TextField name="email" type="email" label={t('signIn.email')} required error={fieldWords(error, 'email')} />
          <Select name="role" label={t('users.role')} defaultValue="manager">
            {roles.map((role) => (
              <option key={role} value={role}>
                {t(`role.${role}`)}
              </option>
            ))}
          </Select>
          {groups.data !== undefined && groups.data.length > 0 && (
            <Select name="groupId" label={t('users.group')} defaultValue="">
              <GroupOptions />
            </Select>
          )}
          {error !== undefined && fieldWords(error, 'name') === undefined && fieldWords(error, 'email') === undefined && (
            <Notice state="late">{problemWords(error)}</Notice>
          )}
          <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button kind="primary" type="submit">
              {t('users.add')}
            </Button>
          </div>
        </form>
      ) : (
        <div className={pageCss.stack}>
          <Notice state="ok">{t('users.made')}</Notice>
          <code className={pageCss.code}>
            {made.email} · {made.password}
          </code>
          <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
            <Button onClick={() => void navigator.clipboard.writeText(`${made.email} ${made.password}`)}>{t('webchat.copy')}</Button>
            <Button kind="primary" onClick={onClose}>
              {t('common.close')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function UserRights({ user, disabled, onClose }: { user: User; disabled: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const groups = useGroups();
  const group = groups.data?.find(({ id }) => id === user.groupId)?.rights;
  const change = async (rights: User['rights']) => {
    if (await changeUser(user, { rights })) toast({ text: t('users.saved') });
  };
  return (
    <RightsDialog
      name={user.name}
      own={user.rights}
      of={{ role: user.role, group }}
      resets={user.role !== 'administrator'}
      disabled={disabled}
      onChange={(rights) => void change(rights)}
      onClose={onClose}
    />
  );
}

function Person({ user, disabled, onRights }: { user: User; disabled: boolean; onRights: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const own = user.role === 'administrator' ? 0 : Object.keys(user.rights).length;
  return (
    <div className={css.line} data-off={!user.isActive}>
      <Avatar name={user.name} size={32} />
      <div className={css.who}>
        <div>
          {user.name} {!user.isActive && <Badge>{t('users.inactive')}</Badge>}
        </div>
        <div>
          <small title={user.email}>{user.email}</small>
        </div>
      </div>
      <Select
        aria-label={`${t('users.role')}: ${user.name}`}
        value={user.role}
        disabled={disabled || user.id === me.user.id}
        onChange={(event) => void changeUser(user, { role: event.target.value as User['role'] })}
      >
        {roles.map((role) => (
          <option key={role} value={role}>
            {t(`role.${role}`)}
          </option>
        ))}
      </Select>
      <Select
        aria-label={`${t('users.group')}: ${user.name}`}
        value={user.groupId ?? ''}
        disabled={disabled}
        onChange={(event) => void changeUser(user, { groupId: event.target.value === '' ? null : Number(event.target.value) })}
      >
        <GroupOptions />
      </Select>
      <div className={css.buttons}>
        <Button
          small
          aria-label={t('users.rightsOf', { name: user.name })}
          title={own > 0 ? t('users.ownRights', { count: own }) : undefined}
          onClick={onRights}
        >
          {own > 0 ? `${t('users.rights')} · ${own}` : t('users.rights')}
        </Button>
        {user.id !== me.user.id && (
          <Button
            small
            kind={user.isActive ? 'danger' : 'plain'}
            disabled={disabled}
            onClick={() => void changeUser(user, { isActive: !user.isActive })}
          >
            {user.isActive ? t('users.deactivate') : t('users.activate')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** More people than this are looked for by name. */
const SEARCHED_FROM = 8;

/** Who works here, in which group, and with which rights. */
export function Users({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation();
  const users = useUsers();
  const [adding, setAdding] = useState(false);
  const [words, setWords] = useState('');
  const [openId, setOpenId] = useState<number>();
  const opened = users.data?.find(({ id }) => id === openId);
  const wanted = words.trim().toLowerCase();
  const found = users.data?.filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(wanted));
  return (
    <>
      <AddSection title={t('settings.users.title')} add={t('users.add')} disabled={disabled} onAdd={() => setAdding(true)}>
        {(users.data?.length ?? 0) > SEARCHED_FROM && (
          <TextField
            type="search"
            aria-label={t('users.search')}
            placeholder={t('users.search')}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
        {users.isPending && <Skeleton height={160} style={{ borderRadius: 10 }} />}
        {found?.length === 0 && <Notice>{t('users.nobody')}</Notice>}
        <div>
          {found?.map((user) => (
            <Person key={user.id} user={user} disabled={disabled} onRights={() => setOpenId(user.id)} />
          ))}
        </div>
      </AddSection>
      <Groups disabled={disabled} />
      {adding && <AddUser onClose={() => setAdding(false)} />}
      {opened !== undefined && <UserRights user={opened} disabled={disabled} onClose={() => setOpenId(undefined)} />}
    </>
  );
}
