import { IconBolt, IconPaperclip, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QuickReply } from '../../api/contract/index.ts';
import { FileList } from '../composer/file-list.tsx';
import { storedFile, useFiles } from '../composer/use-files.ts';
import { useMe } from '../data/queries.ts';
import { quickReplyOrders, useQuickReplies } from '../data/team.ts';
import { fieldWords, problemWords } from '../data/words.ts';
import { Badge, Empty, Notice, Skeleton } from '../ui/bits.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, TextArea, TextField } from '../ui/field.tsx';
import pageCss from '../ui/page.module.css';
import { toast } from '../ui/toasts.tsx';
import css from './quick-replies.module.css';

/** What is asked for most; every placeholder of scenarios works. */
const placeholders = ['contact.first_name', 'contact.name', 'user.name', 'conversation.number', 'lead.name', 'lead.price', 'current_date'];

/** Texts that are written again and again: one's own and the account's. */
export function QuickReplies() {
  const { t } = useTranslation();
  const { rights } = useMe();
  const query = useQuickReplies();
  const [editing, setEditing] = useState<QuickReply | 'new'>();
  const groups = [
    { shared: false, title: t('quick.mine'), empty: t('quick.emptyMine'), mayEdit: rights.write },
    { shared: true, title: t('quick.shared'), empty: t('quick.emptyShared'), mayEdit: rights.settings },
  ];
  return (
    <>
      <header className={css.head}>
        <div>
          <h2>{t('settings.quick.title')}</h2>
          <p className={pageCss.muted}>{t('quick.about')}</p>
        </div>
        <Button kind="primary" icon={<IconPlus size={16} aria-hidden />} disabled={!rights.write} onClick={() => setEditing('new')}>
          {t('quick.add')}
        </Button>
      </header>
      {query.isPending && <Skeleton height={120} />}
      {query.data?.length === 0 && (
        <Empty icon={<IconBolt size={36} stroke={1.4} />} title={t('quick.emptyMine')}>
          {t('quick.emptyHint')}
        </Empty>
      )}
      {(query.data?.length ?? 0) > 0 &&
        groups.map(({ shared, title, empty, mayEdit }) => {
          const replies = query.data?.filter((reply) => reply.shared === shared) ?? [];
          return (
            <section key={title} className={pageCss.card} aria-label={title}>
              <strong>{title}</strong>
              {shared && !rights.settings && <p className={pageCss.muted}>{t('quick.forAllRight')}</p>}
              {replies.length === 0 && <p className={pageCss.muted}>{empty}</p>}
              <ul className={css.list}>
                {replies.map((reply) => (
                  <Row key={reply.id} reply={reply} mayEdit={mayEdit} onEdit={() => setEditing(reply)} />
                ))}
              </ul>
            </section>
          );
        })}
      {editing !== undefined && <Edit reply={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </>
  );
}

function Row({ reply, mayEdit, onEdit }: { reply: QuickReply; mayEdit: boolean; onEdit: () => void }) {
  const { t } = useTranslation();
  const { title, text, files, shared, id } = reply;
  const restore = () =>
    void quickReplyOrders.save(undefined, { title, text, shared, files: files.map((file) => file.id) }).catch(() => undefined);
  const remove = () =>
    quickReplyOrders.remove(id).then(
      () => toast({ text: t('quick.deleted', { name: title }), action: { label: t('common.undo'), run: restore } }),
      (error: unknown) => toast({ state: 'late', text: problemWords(error) }),
    );
  return (
    <li>
      <div>
        <strong>{title}</strong>
        {files.length > 0 && <Badge>{t('quick.files', { count: files.length })}</Badge>}
        <p>{text}</p>
      </div>
      {mayEdit && (
        <span className={css.actions}>
          <IconButton small label={t('quick.edit', { name: title })} onClick={onEdit}>
            <IconPencil size={16} aria-hidden />
          </IconButton>
          <IconButton small label={t('quick.delete', { name: title })} onClick={() => void remove()}>
            <IconTrash size={16} aria-hidden />
          </IconButton>
        </span>
      )}
    </li>
  );
}

function Edit({ reply, onClose }: { reply: QuickReply | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const { rights } = useMe();
  const [error, setError] = useState<unknown>();
  const [working, setWorking] = useState(false);
  const [kept, setKept] = useState(reply?.files ?? []);
  const files = useFiles();
  const form = useRef<HTMLFormElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const insert = (name: string) => {
    const area = form.current?.querySelector('textarea');
    if (area === null || area === undefined) return;
    area.setRangeText(`{{${name}}}`, area.selectionStart, area.selectionEnd, 'end');
    area.focus();
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    setWorking(true);
    try {
      await quickReplyOrders.save(reply?.id, {
        title: String(data.get('title')),
        text: String(data.get('text')),
        shared: rights.settings ? data.get('shared') !== null : (reply?.shared ?? false),
        files: [...kept.map(({ id }) => id), ...files.files.flatMap(({ stored }) => stored?.id ?? [])],
      });
      onClose();
    } catch (failure) {
      setError(failure);
      setWorking(false);
    }
  };
  const known = ['title', 'text'].some((field) => fieldWords(error, field) !== undefined);
  return (
    <Dialog onClose={onClose} title={t(reply === undefined ? 'quick.newTitle' : 'quick.editTitle')} size={560}>
      <form ref={form} className={pageCss.stack} onSubmit={(event) => void submit(event)}>
        <TextField
          name="title"
          label={t('quick.name')}
          hint={t('quick.nameHint')}
          defaultValue={reply?.title}
          maxLength={100}
          required
          data-autofocus
          error={fieldWords(error, 'title')}
        />
        <TextArea
          name="text"
          label={t('quick.text')}
          defaultValue={reply?.text}
          rows={6}
          maxLength={20_000}
          error={fieldWords(error, 'text')}
        />
        <div className={css.placeholders}>
          <span>{t('quick.textHint')}</span>
          {placeholders.map((name) => (
            <button key={name} type="button" onClick={() => insert(name)}>
              {`{{${name}}}`}
            </button>
          ))}
        </div>
        <FileList
          files={[...kept.map((stored) => storedFile(stored, stored.id)), ...files.files]}
          onRemove={(key) => {
            setKept((now) => now.filter(({ id }) => id !== key));
            files.remove(key);
          }}
          onAgain={files.again}
        />
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
        <div>
          <Button small icon={<IconPaperclip size={16} aria-hidden />} onClick={() => picker.current?.click()}>
            {t('quick.attach')}
          </Button>
        </div>
        {rights.settings && (
          <Checkbox name="shared" label={t('quick.forAll')} hint={t('quick.forAllHint')} defaultChecked={reply?.shared ?? false} />
        )}
        {error !== undefined && !known && <Notice state="late">{problemWords(error)}</Notice>}
        <div className={pageCss.actions} style={{ justifyContent: 'flex-end' }}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={working || files.files.some(({ stored }) => stored === undefined)}>
            {t('common.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
