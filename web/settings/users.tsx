import { IconPlus } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewUser, User, UserChange } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { useMe, useUsers } from '../data/queries.ts';
import { queryClient } from '../data/query-client.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { Avatar, Badge, Notice, Skeleton } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Select, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';

const roles = ['administrator', 'manager', 'readonly'] as const;
const refetch = () => queryClient.invalidateQueries({ queryKey: ['users'] });

async function changeUser(user: User, change: UserChange): Promise<void> {
  try {
    await call('PATCH', `/api/users/${user.id}`, { body: change });
  } catch (error) {
    toast({ state: 'late', text: problemWords(error) });
  }
  await refetch();
}

function AddUser({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const [made, setMade] = useState<{ email: string; password: string }>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = Object.fromEntries(form) as unknown as NewUser;
    try {
      const user = await call<User & { password: string | null }>('POST', '/api/users', { body, idempotencyKey: crypto.randomUUID() });
      await refetch();
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
          <Select name="sees" label={t('users.sees')} defaultValue="all">
            <option value="all">{t('users.sees.all')}</option>
            <option value="own">{t('users.sees.own')}</option>
          </Select>
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

/** Who works here, with which rights, and what each may see. */
export function Users({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const users = useUsers();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <div className={pageCss.cardHead}>
        <h2>{t('settings.users.title')}</h2>
        <Button disabled={disabled} icon={<IconPlus size={18} stroke={1.6} aria-hidden />} onClick={() => setAdding(true)}>
          {t('users.add')}
        </Button>
      </div>
      {users.isPending && <Skeleton height={160} style={{ borderRadius: 10 }} />}
      {users.data?.map((user) => (
        <section key={user.id} className={pageCss.card}>
          <div className={pageCss.cardHead}>
            <Avatar name={user.name} size={32} />
            <h2>
              {user.name} <span className={pageCss.muted}>{user.email}</span>
            </h2>
            {!user.isActive && <Badge>{t('users.inactive')}</Badge>}
          </div>
          <div className={pageCss.two}>
            <Select
              label={t('users.role')}
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
              label={t('users.sees')}
              value={user.sees}
              disabled={disabled}
              onChange={(event) => void changeUser(user, { sees: event.target.value as User['sees'] })}
            >
              <option value="all">{t('users.sees.all')}</option>
              <option value="own">{t('users.sees.own')}</option>
            </Select>
          </div>
          {user.id !== me.user.id && (
            <div className={pageCss.actions}>
              <Button
                small
                kind={user.isActive ? 'danger' : 'plain'}
                disabled={disabled}
                onClick={() => void changeUser(user, { isActive: !user.isActive })}
              >
                {user.isActive ? t('users.deactivate') : t('users.activate')}
              </Button>
            </div>
          )}
        </section>
      ))}
      {adding && <AddUser onClose={() => setAdding(false)} />}
    </>
  );
}
