CREATE TABLE "daily_totals" (
	"account_id" bigint NOT NULL,
	"metric" text NOT NULL,
	"day" date NOT NULL,
	"channel_id" bigint NOT NULL,
	"responsible_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"bot_id" bigint NOT NULL,
	"bucket" integer NOT NULL,
	"shard" smallint NOT NULL,
	"count" bigint NOT NULL,
	"sum" bigint NOT NULL,
	CONSTRAINT "daily_totals_pk" PRIMARY KEY("account_id","metric","responsible_id","day","channel_id","user_id","bot_id","bucket","shard")
) WITH (fillfactor = 70);
--> statement-breakpoint
CREATE TABLE "folded_totals" (
	"account_id" bigint NOT NULL,
	"grain" text NOT NULL,
	"metric" text NOT NULL,
	"day" date NOT NULL,
	"channel_id" bigint NOT NULL,
	"responsible_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"bot_id" bigint NOT NULL,
	"buckets" integer[] NOT NULL,
	"counts" bigint[] NOT NULL,
	"sums" bigint[] NOT NULL,
	CONSTRAINT "folded_totals_pk" PRIMARY KEY("account_id","grain","metric","responsible_id","day","channel_id","user_id","bot_id")
);
--> statement-breakpoint
CREATE TABLE "responses" (
	"account_id" bigint NOT NULL,
	"message_id" uuid NOT NULL,
	"number" bigint NOT NULL,
	"opening" integer NOT NULL,
	"channel_id" bigint NOT NULL,
	"responsible_id" bigint,
	"by_kind" text NOT NULL,
	"user_id" bigint,
	"bot_id" bigint,
	"waiting_since" timestamptz(3) NOT NULL,
	"answered_at" timestamptz(3) NOT NULL,
	"is_first" boolean NOT NULL,
	"raw_ms" bigint NOT NULL,
	"working_ms" bigint NOT NULL,
	"missed" boolean NOT NULL,
	CONSTRAINT "responses_account_id_message_id_pk" PRIMARY KEY("account_id","message_id")
);
--> statement-breakpoint
CREATE INDEX "responses_opening" ON "responses" USING btree ("account_id","number","opening","answered_at");--> statement-breakpoint
CREATE INDEX "responses_at" ON "responses" USING btree ("account_id","answered_at");--> statement-breakpoint
CREATE TABLE "exports" (
	"account_id" bigint NOT NULL,
	"id" uuid NOT NULL,
	"user_id" bigint NOT NULL,
	"filter" jsonb NOT NULL,
	"language" text NOT NULL,
	"status" text NOT NULL,
	"status_words" text DEFAULT '' NOT NULL,
	"rows_done" bigint DEFAULT 0 NOT NULL,
	"rows_total" bigint,
	"file_id" uuid,
	"owner" text,
	"owned_until" timestamptz(3),
	"attempts" integer DEFAULT 0 NOT NULL,
	"created_at" timestamptz(3) NOT NULL,
	"finished_at" timestamptz(3),
	CONSTRAINT "exports_account_id_id_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
CREATE INDEX "exports_user" ON "exports" USING btree ("account_id","user_id","created_at");--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "responded_opening" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
update conversations t set responded_opening = t.opening from openings o
where o.account_id = t.account_id and o.number = t.number and o.opening = t.opening and o.first_reply_at is not null;--> statement-breakpoint
insert into daily_totals (account_id, metric, day, channel_id, responsible_id, user_id, bot_id, bucket, shard, count, sum)
select e.account_id,
  case e.type when 'talk_created' then 'opened' when 'talk_reopened' then 'opened' when 'talk_closed' then 'closed' when 'talk_missed_event' then 'missed' else e.type end,
  (e.at at time zone a.time_zone)::date, coalesce(t.channel_id, h.channel_id, 0), coalesce(c.responsible_user_id, 0),
  case when e.type = 'talk_closed' and e.author_kind = 'user' then coalesce(e.author_id, 0) else 0 end,
  case when e.type in ('bot_started', 'bot_ended') then coalesce(r.bot_id, 0) when e.type = 'talk_closed' and e.author_kind = 'bot' then coalesce(e.author_id, 0) else 0 end,
  case when e.type = 'talk_reopened' then 1 when e.type = 'bot_ended' then coalesce(array_position(array['completed', 'failed', 'stopped', 'displaced', 'restarted', 'looped', 'expired'], e.value_after -> 0 ->> 'outcome'), 1) - 1 else 0 end,
  0, count(*), 0
from events e
join accounts a on a.id = e.account_id
left join conversations t on t.account_id = e.account_id and t.number = e.conversation_number
left join bot_runs r on r.account_id = e.account_id and r.id = e.run_id
left join chats h on h.account_id = r.account_id and h.id = r.chat_id
left join contacts c on c.account_id = e.account_id and c.id = e.contact_id
where e.type in ('talk_created', 'talk_reopened', 'talk_closed', 'talk_missed_event', 'bot_started', 'bot_ended')
group by 1, 2, 3, 4, 5, 6, 7, 8;--> statement-breakpoint
insert into daily_totals (account_id, metric, day, channel_id, responsible_id, user_id, bot_id, bucket, shard, count, sum)
select m.account_id, 'messages', (m.written_at at time zone a.time_zone)::date, m.channel_id, coalesce(c.responsible_user_id, 0),
  case when m.author_kind = 'user' then coalesce(m.author_id, 0) else 0 end, case when m.author_kind = 'bot' then coalesce(m.author_id, 0) else 0 end,
  array_position(array['client', 'user', 'bot', 'system'], m.author_kind) - 1, 0, count(*), 0
from messages m
join accounts a on a.id = m.account_id
join chats h on h.account_id = m.account_id and h.id = m.chat_id
left join contacts c on c.account_id = m.account_id and c.id = h.contact_id
group by 1, 2, 3, 4, 5, 6, 7, 8;--> statement-breakpoint
insert into daily_totals (account_id, metric, day, channel_id, responsible_id, user_id, bot_id, bucket, shard, count, sum)
select account_id, metric, day, channel_id, -1, 0, 0, bucket, 0, sum(count), 0 from daily_totals
where metric in ('opened', 'closed', 'missed', 'messages') and responsible_id >= 0 group by account_id, metric, day, channel_id, bucket
union all
select account_id, metric, day, 0, -2, user_id, 0, bucket, 0, sum(count), 0 from daily_totals
where metric in ('closed', 'messages') and responsible_id >= 0 and bot_id = 0 group by account_id, metric, day, user_id, bucket
union all
select account_id, metric, day, 0, -3, 0, bot_id, bucket, 0, sum(count), 0 from daily_totals
where metric in ('bot_started', 'bot_ended') and responsible_id >= 0 group by account_id, metric, day, bot_id, bucket
union all
select account_id, metric, day, 0, -5, responsible_id, 0, bucket, 0, sum(count), 0 from daily_totals
where metric = 'missed' and responsible_id >= 0 group by account_id, metric, day, responsible_id, bucket;
