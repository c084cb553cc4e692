import { useTranslation } from 'react-i18next';
import type { Customer } from '../../api/contract/index.ts';
import { changeCustomer } from '../data/cards.ts';
import { useUsers } from '../data/queries.ts';
import { Editable } from '../lead/editable.tsx';
import { Fields } from '../lead/fields.tsx';
import css from '../lead/panel.module.css';
import { ContactSection, HeadButtons, PanelSkeleton, Responsible, RunHistory } from '../lead/panel.tsx';
import { Tags } from '../lead/tags.tsx';
import { toast } from '../ui/toasts.tsx';

function CustomerStages({ customer, disabled }: { customer: Customer; disabled: boolean }) {
  const { t } = useTranslation();
  const at = customer.stages.findIndex(({ id }) => id === customer.stage?.id);
  const move = async (stageId: number) => {
    const stage = customer.stages.find(({ id }) => id === stageId) ?? null;
    const before = customer.stage;
    if (stage?.id === before?.id) return;
    if (await changeCustomer(customer, { stageId: stage?.id ?? null }, { stage }))
      toast({
        text: t('lead.movedTo', { stage: stage?.name ?? t('customer.noStage') }),
        action: { label: t('common.undo'), run: () => void changeCustomer(customer, { stageId: before?.id ?? null }, { stage: before }) },
      });
  };
  return (
    <>
      <div className={css.stageLine}>
        <select
          className={css.value}
          aria-label={t('lead.stage')}
          value={customer.stage?.id ?? 0}
          disabled={disabled}
          onChange={(event) => void move(Number(event.target.value))}
        >
          <option value={0}>{t('customer.noStage')}</option>
          {customer.stages.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div className={css.stepper}>
        {customer.stages.map((stage, index) => (
          <button
            key={stage.id}
            type="button"
            className={css.step}
            title={stage.name}
            aria-label={t('lead.moveTo', { stage: stage.name })}
            aria-current={stage.id === customer.stage?.id ? 'step' : undefined}
            data-done={index <= at}
            disabled={disabled}
            onClick={() => void move(stage.id)}
          />
        ))}
      </div>
    </>
  );
}

const dayText = (at: number | null) => (at === null ? '' : new Date(at).toISOString().slice(0, 10));

/** Everything about a customer that can be changed, each value where it stands. */
export function CustomerPanel({
  customer,
  inInbox = false,
  onClose,
}: {
  customer: Customer | undefined;
  inInbox?: boolean;
  onClose?: () => void;
}) {
  const { t } = useTranslation();
  const users = useUsers().data ?? [];
  if (customer === undefined) return <PanelSkeleton />;
  const disabled = !customer.mayEdit;
  return (
    <div className={css.panel}>
      <div className={css.head}>
        <div className={css.headLine}>
          <Editable
            label={t('customer.name')}
            value={customer.name}
            required
            disabled={disabled}
            className={css.name}
            onSave={(name) => changeCustomer(customer, { name }, { name })}
          />
          <HeadButtons cardAt={inInbox ? `/customers/${customer.id}` : undefined} onClose={onClose} />
        </div>
        <CustomerStages customer={customer} disabled={disabled} />
      </div>
      <section className={css.section}>
        <div className={css.row}>
          <span>{t('lead.responsible')}</span>
          <Responsible
            value={customer.responsible}
            disabled={disabled}
            onChange={(responsibleId) => {
              const user = users.find(({ id }) => id === responsibleId);
              void changeCustomer(
                customer,
                { responsibleId },
                { responsible: user === undefined ? null : { id: user.id, name: user.name } },
              );
            }}
          />
        </div>
        <div className={css.row}>
          <span>{t('customer.nextPurchase')}</span>
          <Editable
            label={t('customer.nextPurchase')}
            type="date"
            value={dayText(customer.nextPurchaseAt)}
            disabled={disabled}
            onSave={(text) => {
              const nextPurchaseAt = text === '' ? null : Date.parse(`${text}T00:00:00Z`);
              return changeCustomer(customer, { nextPurchaseAt }, { nextPurchaseAt });
            }}
          />
        </div>
        <div className={css.row}>
          <span>{t('lead.tags')}</span>
          <Tags
            tags={customer.tags}
            entity="customer"
            disabled={disabled}
            onChange={(tags) =>
              void changeCustomer(
                customer,
                { tags },
                { tags: tags.map((name) => customer.tags.find((tag) => tag.name === name) ?? { id: 0, name }) },
              )
            }
          />
        </div>
        <Fields
          definitions={customer.definitions.filter(({ entity }) => entity === 'customer')}
          values={customer.fields}
          disabled={disabled}
          onSave={(fields) => changeCustomer(customer, { fields }, { fields: { ...customer.fields, ...fields } })}
        />
      </section>
      {customer.contact !== null && <ContactSection contact={customer.contact} />}
      <RunHistory card={{ type: 'customer', id: customer.id }} />
    </div>
  );
}
