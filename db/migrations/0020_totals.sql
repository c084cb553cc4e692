-- Appended by turns, added up outside of them: rows that all chats of an account share made turns wait for each other's commits.
CREATE TABLE "new_counts" (
	"account_id" bigint NOT NULL,
	"metric" text NOT NULL,
	"day" date NOT NULL,
	"channel_id" bigint NOT NULL,
	"responsible_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"bot_id" bigint NOT NULL,
	"bucket" integer NOT NULL,
	"count" bigint NOT NULL,
	"sum" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "new_counts_account" ON "new_counts" USING btree ("account_id");--> statement-breakpoint
ALTER TABLE "daily_totals" RENAME TO "sharded_totals";--> statement-breakpoint
ALTER TABLE "sharded_totals" RENAME CONSTRAINT "daily_totals_pk" TO "sharded_totals_pk";--> statement-breakpoint
CREATE TABLE "daily_totals" (
	"account_id" bigint NOT NULL,
	"metric" text NOT NULL,
	"day" date NOT NULL,
	"channel_id" bigint NOT NULL,
	"responsible_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"bot_id" bigint NOT NULL,
	"bucket" integer NOT NULL,
	"count" bigint NOT NULL,
	"sum" bigint NOT NULL,
	CONSTRAINT "daily_totals_pk" PRIMARY KEY("account_id","metric","responsible_id","day","channel_id","user_id","bot_id","bucket")
) WITH (fillfactor = 70);
--> statement-breakpoint
INSERT INTO "daily_totals" SELECT account_id, metric, day, channel_id, responsible_id, user_id, bot_id, bucket, sum(count), sum(sum)
FROM "sharded_totals" GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;--> statement-breakpoint
DROP TABLE "sharded_totals";
