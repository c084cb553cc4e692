ALTER TABLE "conversations" ADD COLUMN "poll" jsonb;
