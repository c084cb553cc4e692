import { IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Group, GroupChange } from '../../api/contract/index.ts';
import { call } from '../data/client.ts';
import { read } from '../data/live.ts';
import { queryClient } from '../data/query-client.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { Badge, Notice, Skeleton } from '../ui/bits.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import { AddSection } from './add-section.tsx';
import css from './rights.module.css';
import { RightsDialog } from './rights-dialog.tsx';

export const useGroups = () =>
  useQuery({ queryKey: ['groups'], queryFn: () => read<{ items: Group[] }>('/api/groups'), select: ({ items }) => items });

/** Whoever is in a group or has its rights is shown by both lists. */
export const refetchPeople = () => Promise.all(['users', 'groups'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));

function AddGroup({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('name'));
    try {
      await call('POST', '/api/groups', { body: { name }, idempotencyKey: crypto.randomUUID() });
      await refetchPeople();
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Dialog onClose={onClose} title={t('groups.add')} size={420}>
      <form className={pageCss.stack} onSubmit={(event) => void submit(event)}>
        <TextField
          name="name"
          label={t('groups.name')}
          required
          maxLength={100}
          data-autofocus
          error={error === undefined ? undefined : (fieldWords(error, 'name') ?? problemWords(error))}
        />
        <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit">
            {t('groups.add')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function EditGroup({ group, disabled, onClose }: { group: Group; disabled: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const [removing, setRemoving] = useState(false);
  const change = async (body: GroupChange) => {
    try {
      await call('PATCH', `/api/groups/${group.id}`, { body });
      await refetchPeople();
      toast({ text: t('users.saved') });
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
  };
  const remove = async () => {
    try {
      await call('DELETE', `/api/groups/${group.id}`);
      onClose();
    } catch (error) {
      toast({ state: 'late', text: problemWords(error) });
    }
    await refetchPeople();
  };
  if (removing)
    return (
      <Dialog onClose={() => setRemoving(false)} title={t('groups.removeTitle', { name: group.name })} size={420}>
        <div className={pageCss.stack}>
          <p>{t('groups.removeWords')}</p>
          <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
            <Button onClick={() => setRemoving(false)}>{t('common.cancel')}</Button>
            <Button kind="danger" data-autofocus onClick={() => void remove()}>
              {t('groups.remove')}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <RightsDialog
      name={group.name}
      own={group.rights}
      disabled={disabled}
      onChange={(rights) => void change({ rights })}
      onClose={onClose}
      button={
        <Button kind="danger" disabled={disabled} onClick={() => setRemoving(true)}>
          {t('groups.remove')}
        </Button>
      }
    >
      <TextField
        label={t('groups.name')}
        defaultValue={group.name}
        maxLength={100}
        disabled={disabled}
        onBlur={(event) => {
          const name = event.target.value.trim();
          if (name !== '' && name !== group.name) void change({ name });
        }}
      />
    </RightsDialog>
  );
}

/** Groups of users: who shares clients, and what their users may do. */
export function Groups({ disabled }: { disabled: boolean }) {
  const { t } = useTranslation();
  const groups = useGroups();
  const [adding, setAdding] = useState(false);
  const [openId, setOpenId] = useState<number>();
  const opened = groups.data?.find(({ id }) => id === openId);
  return (
    <AddSection title={t('groups.title')} add={t('groups.add')} disabled={disabled} onAdd={() => setAdding(true)}>
      <p className={pageCss.muted}>{t('groups.lead')}</p>
      {groups.isPending && <Skeleton height={40} />}
      {groups.data?.length === 0 && <Notice icon={<IconUsersGroup size={18} aria-hidden />}>{t('groups.empty')}</Notice>}
      <div>
        {groups.data?.map((group) => (
          <div key={group.id} className={css.group}>
            <strong>{group.name}</strong>
            <Badge>{t('groups.members', { count: group.userIds.length })}</Badge>
            {Object.keys(group.rights).length > 0 && <Badge>{t('users.ownRights', { count: Object.keys(group.rights).length })}</Badge>}
            <Button
              small
              style={{ marginLeft: 'auto' }}
              aria-label={t('users.rightsOf', { name: group.name })}
              onClick={() => setOpenId(group.id)}
            >
              {t('users.rights')}
            </Button>
          </div>
        ))}
      </div>
      {adding && <AddGroup onClose={() => setAdding(false)} />}
      {opened !== undefined && <EditGroup group={opened} disabled={disabled} onClose={() => setOpenId(undefined)} />}
    </AddSection>
  );
}
