import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { makeCustomer } from '../data/cards.ts';
import { makeLead } from '../data/leads.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import css from './leads.module.css';

interface NewCardProps {
  what: 'lead' | 'customer';
  /** Whose card it is; absent: nobody's yet. */
  contact?: { id: number; name: string };
  pipelineId?: number | undefined;
  onClose: () => void;
}

/** Makes a lead or a customer and opens its card. */
export function NewCard({ what, contact, pipelineId, onClose }: NewCardProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState(
    contact === undefined ? '' : what === 'lead' ? t('lead.newForName', { name: contact.name }) : contact.name,
  );
  const [price, setPrice] = useState('');
  const [busy, setBusy] = useState(false);
  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || busy) return;
    setBusy(true);
    const shared = { name: name.trim(), ...(contact === undefined ? {} : { contactId: contact.id }) };
    const made =
      what === 'customer'
        ? await makeCustomer(shared)
        : await makeLead({
            ...shared,
            price: Math.max(0, Math.round(Number(price) || 0)),
            ...(pipelineId === undefined ? {} : { pipelineId }),
          });
    setBusy(false);
    if (made === undefined) return;
    onClose();
    void navigate(`/${what}s/${made.id}`);
  };
  return (
    <Dialog title={t(what === 'lead' ? 'leads.new' : 'customers.new')} onClose={onClose} size={420}>
      <form className={css.form} onSubmit={(event) => void make(event)}>
        <TextField
          label={t(what === 'lead' ? 'leads.newName' : 'customer.name')}
          value={name}
          required
          maxLength={300}
          data-autofocus
          onChange={(event) => setName(event.target.value)}
        />
        {what === 'lead' && (
          <TextField
            label={t('leads.newPrice')}
            type="number"
            min={0}
            inputMode="numeric"
            value={price}
            onChange={(event) => setPrice(event.target.value)}
          />
        )}
        <div className={css.formEnd}>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button kind="primary" type="submit" disabled={busy || name.trim() === ''}>
            {t('leads.make')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
