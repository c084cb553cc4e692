CREATE INDEX "conversations_work" ON "conversations" USING btree ("account_id","entity_type","entity_id","is_read") WHERE status <> 'closed';--> statement-breakpoint
CREATE INDEX "customers_updated" ON "customers" USING btree ("account_id","updated_at","id");--> statement-breakpoint
CREATE INDEX "leads_responsible" ON "leads" USING btree ("account_id","responsible_user_id","updated_at");--> statement-breakpoint
CREATE INDEX "tasks_open" ON "tasks" USING btree ("account_id","responsible_user_id","due_at") WHERE completed_at is null;--> statement-breakpoint
insert into customer_stages (account_id, name, sort)
select a.id, stage.name, stage.sort from accounts a
cross join lateral (
  select unnest(case when a.language = 'ru' then array['Первая покупка', 'Повторные покупки', 'Постоянный покупатель', 'Перестал покупать']
      else array['First purchase', 'Repeat purchases', 'Regular customer', 'Stopped buying'] end) as name,
    unnest(array[10, 20, 30, 40]) as sort
) stage
where not exists (select 1 from customer_stages there where there.account_id = a.id);
