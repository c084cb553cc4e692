DROP INDEX "parts_external";--> statement-breakpoint
CREATE INDEX "parts_external" ON "parts" USING btree ("account_id","chat_id",(external_ids[1])) WHERE external_ids <> '{}';--> statement-breakpoint
CREATE INDEX "parts_albums" ON "parts" USING btree ("account_id","chat_id") WHERE cardinality(external_ids) > 1;--> statement-breakpoint
ALTER TABLE "parts" ADD COLUMN "reply_to" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "parts" ADD COLUMN "place_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE TABLE "channel_rates" (
	"account_id" bigint NOT NULL,
	"channel_id" bigint NOT NULL,
	"bots_at" timestamp with time zone NOT NULL,
	"people_at" timestamp with time zone NOT NULL,
	CONSTRAINT "channel_rates_account_id_channel_id_pk" PRIMARY KEY("account_id","channel_id")
);
