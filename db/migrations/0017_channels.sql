DROP INDEX "parts_external";--> statement-breakpoint
CREATE INDEX "parts_external" ON "parts" USING btree ("account_id","chat_id",(external_ids[1])) WHERE external_ids <> '{}';--> statement-breakpoint
CREATE INDEX "parts_albums" ON "parts" USING btree ("account_id","chat_id") WHERE cardinality(external_ids) > 1;--> statement-breakpoint
ALTER TABLE "parts" ADD COLUMN "reply_to" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "deleted_at" timestamp with time zone;
