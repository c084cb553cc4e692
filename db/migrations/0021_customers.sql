-- The customer whose card a run works on; null for runs on a lead and for those on no card. Runs were tied to leads alone before.
ALTER TABLE "bot_runs" ADD COLUMN "customer_id" bigint;--> statement-breakpoint
CREATE INDEX "bot_runs_alive_customer" ON "bot_runs" USING btree ("account_id","customer_id") WHERE status <> 'ended' and customer_id is not null;--> statement-breakpoint
CREATE INDEX "bot_runs_customer" ON "bot_runs" USING btree ("account_id","customer_id","created_at") WHERE customer_id is not null;
