ALTER TABLE "parts" ADD COLUMN "template" jsonb;--> statement-breakpoint
CREATE TABLE "channel_templates" (
	"account_id" bigint NOT NULL,
	"channel_id" bigint NOT NULL,
	"templates" jsonb NOT NULL,
	"fetched_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "channel_templates_account_id_channel_id_pk" PRIMARY KEY("account_id","channel_id")
);
