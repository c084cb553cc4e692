ALTER TABLE "groups" ADD COLUMN "rights" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "rights" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
update users set rights = '{"see": "own", "edit": "own"}' where sees = 'own';--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "sees";--> statement-breakpoint
ALTER TABLE "users" DROP COLUMN "role_id";--> statement-breakpoint
DROP TABLE "roles";--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "participant_ids" bigint[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "blocked_at" timestamptz(3);--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "blocked_by" bigint;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "polled_at" timestamptz(3);
