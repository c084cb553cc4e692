ALTER TABLE "webhooks" ADD COLUMN "recent" jsonb DEFAULT '[]'::jsonb NOT NULL;
