/** What commands change in a run's view, so that later handlers see what earlier ones did. */
import type { Command, EntityKind, EntityView, FieldValue, RunView } from './model.ts';

/** The view after a command; commands that change nothing a scenario can read return it as it is. */
export function applyCommand(view: RunView, command: Command): RunView {
  switch (command.type) {
    case 'changeStatus':
      if (view.lead === undefined) return view;
      return { ...view, lead: { ...view.lead, statusId: command.statusId, pipelineId: command.pipelineId ?? view.lead.pipelineId } };
    case 'setTags':
      return withEntity(view, command.entity, (entity) => ({ ...entity, tags: [...new Set([...entity.tags, ...command.tags])] }));
    case 'unsetTags':
      return withEntity(view, command.entity, (entity) => ({ ...entity, tags: entity.tags.filter((tag) => !command.tags.includes(tag)) }));
    case 'setField':
      return setField(view, command);
    case 'changeResponsible':
      return withEntity(view, command.entity, (entity) =>
        entity.responsible?.id === command.userId ? entity : { ...entity, responsible: { id: command.userId, name: '' } },
      );
    case 'closeTalk':
      return view.talk === undefined ? view : { ...view, talk: { ...view.talk, status: 'closed' } };
    case 'sendMessage':
    case 'answerTalk':
    case 'startBot':
      return view;
  }
}

/** The entity of that kind in the view; undefined where the run has none. */
export function entityOf(view: RunView, kind: EntityKind): EntityView | undefined {
  switch (kind) {
    case 'contact':
      return view.contact;
    case 'lead':
      return view.lead;
    case 'company':
      return view.company;
    case 'customer':
      return undefined; // a run's view carries no customer
  }
}

function withEntity(view: RunView, kind: EntityKind, change: <E extends EntityView>(entity: E) => E): RunView {
  switch (kind) {
    case 'contact':
      return view.contact === undefined ? view : { ...view, contact: change(view.contact) };
    case 'lead':
      return view.lead === undefined ? view : { ...view, lead: change(view.lead) };
    case 'company':
      return view.company === undefined ? view : { ...view, company: change(view.company) };
    case 'customer':
      return view;
  }
}

function setField(view: RunView, { entity, field, values, mode }: Extract<Command, { type: 'setField' }>): RunView {
  if (field.type === 'comment') return view;
  if (entity === 'talk' || field.type === 'rate') {
    const rate = Number(values[0]?.value);
    return view.talk === undefined || !Number.isFinite(rate) ? view : { ...view, talk: { ...view.talk, rate } };
  }
  if (field.type === 'own') {
    const value = values[0]?.value ?? '';
    if (field.name === 'name') return withEntity(view, entity, (current) => ({ ...current, name: String(value) }));
    return view.lead === undefined ? view : { ...view, lead: { ...view.lead, price: Number(value) } };
  }
  return withEntity(view, entity, (current) => ({
    ...current,
    fields: { ...current.fields, [field.id]: mergeValues(current.fields[field.id] ?? [], values, mode) },
  }));
}

/** A field's values after `set_custom_fields`: replaced, or appended where that was asked for and they are not there yet. */
export function mergeValues(current: FieldValue[], values: FieldValue[], mode: 'set' | 'add'): FieldValue[] {
  const before = mode === 'add' ? current : [];
  return [...before, ...values.filter((value) => !has(before, value))];
}

function has(values: FieldValue[], value: FieldValue): boolean {
  return values.some((other) => (value.enumId === undefined ? other.value === value.value : other.enumId === value.enumId));
}
