CREATE EXTENSION IF NOT EXISTS btree_gin;--> statement-breakpoint
-- Open conversations are few and change with every message, closed ones are many and stand still: an index for each.
CREATE INDEX "conversations_open" ON "conversations" USING btree ("account_id","last_message_at","number") WHERE status <> 'closed';--> statement-breakpoint
CREATE INDEX "conversations_closed" ON "conversations" USING btree ("account_id","last_message_at","number") WHERE status = 'closed';--> statement-breakpoint
CREATE INDEX "conversations_awaiting" ON "conversations" USING btree ("account_id","last_message_at","number") WHERE status in ('nps_scheduled', 'nps_in_progress');--> statement-breakpoint
DROP INDEX "conversations_list";--> statement-breakpoint
CREATE INDEX "contacts_responsible" ON "contacts" USING btree ("account_id","responsible_user_id","id");--> statement-breakpoint
-- Lower case, one letter for е and ё, and a space for all that is no letter, digit or part of an address: character by character, so that a hit
-- found here stands at the same place of the text itself.
CREATE FUNCTION search_plain(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN regexp_replace(lower(translate(left(body, 20000), 'Ёё', 'Ее')), '[^[:alnum:]@._+-]', ' ', 'g');--> statement-breakpoint
-- Word forms of Russian and, for words of Latin letters, of English; and each phone by its last ten digits, however it is written.
CREATE FUNCTION search_words(body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN to_tsvector('pg_catalog.russian'::regconfig, search_plain(body)) || CASE WHEN body ~ '\d[\d ()-]{5,}\d' THEN
    to_tsvector('pg_catalog.simple'::regconfig, coalesce((SELECT string_agg(right(regexp_replace(found[1], '\D', '', 'g'), 10), ' ')
      FROM regexp_matches(left(body, 20000), '(\d[\d ()-]{5,}\d)', 'g') found), '')) ELSE ''::tsvector END;--> statement-breakpoint
CREATE FUNCTION field_texts(fields jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN jsonb_path_query_array(fields, '$.*[*].value')::text;--> statement-breakpoint
CREATE TABLE "message_words" (
	"account_id" bigint NOT NULL,
	"written_at" timestamptz(3) NOT NULL,
	"message_id" uuid NOT NULL,
	"chat_id" uuid NOT NULL,
	"channel_id" bigint NOT NULL,
	"author_kind" text NOT NULL,
	"author_id" bigint,
	"words" "tsvector" NOT NULL,
	CONSTRAINT "message_words_account_id_written_at_message_id_pk" PRIMARY KEY("account_id","written_at","message_id")
);
--> statement-breakpoint
CREATE FUNCTION follow_message_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF tg_op <> 'INSERT' THEN
    DELETE FROM message_words WHERE account_id = old.account_id AND written_at = old.written_at AND message_id = old.id;
  END IF;
  IF tg_op <> 'DELETE' THEN
    INSERT INTO message_words (account_id, written_at, message_id, chat_id, channel_id, author_kind, author_id, words)
    VALUES (new.account_id, new.written_at, new.id, new.chat_id, new.channel_id, new.author_kind, new.author_id, search_words(new.text));
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
INSERT INTO message_words (account_id, written_at, message_id, chat_id, channel_id, author_kind, author_id, words)
SELECT account_id, written_at, id, chat_id, channel_id, author_kind, author_id, search_words(text) FROM messages WHERE text <> '';--> statement-breakpoint
CREATE INDEX "message_words_words" ON "message_words" USING gin ("account_id","words") WITH (fastupdate=false);--> statement-breakpoint
CREATE TRIGGER message_words_new AFTER INSERT ON messages FOR EACH ROW WHEN (new.text <> '') EXECUTE FUNCTION follow_message_words();--> statement-breakpoint
CREATE TRIGGER message_words_changed AFTER UPDATE OF text, chat_id, written_at ON messages FOR EACH ROW
  WHEN (old.text <> new.text OR old.chat_id <> new.chat_id OR old.written_at <> new.written_at) EXECUTE FUNCTION follow_message_words();--> statement-breakpoint
CREATE TRIGGER message_words_gone AFTER DELETE ON messages FOR EACH ROW EXECUTE FUNCTION follow_message_words();--> statement-breakpoint
CREATE INDEX "contacts_words" ON "contacts" USING gin ("account_id",search_words(name || ' ' || first_name || ' ' || last_name || ' ' || field_texts(fields)));--> statement-breakpoint
CREATE INDEX "contact_identities_words" ON "contact_identities" USING gin ("account_id",search_words(name || ' ' || coalesce(username, '')));--> statement-breakpoint
CREATE INDEX "leads_words" ON "leads" USING gin ("account_id",search_words(name));--> statement-breakpoint
-- At most so many matches, by the index of words and nothing else: a planner that expects many of them would read the table from its beginning instead.
CREATE FUNCTION matching_messages(account bigint, query tsquery, most integer) RETURNS SETOF message_words LANGUAGE plpgsql STABLE
  SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
BEGIN RETURN QUERY SELECT w.* FROM message_words w WHERE w.account_id = account AND w.words @@ query LIMIT most; END $$;--> statement-breakpoint
CREATE FUNCTION matching_contacts(account bigint, query tsquery, most integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
BEGIN RETURN QUERY SELECT c.id FROM contacts c WHERE c.account_id = account
  AND search_words(c.name || ' ' || c.first_name || ' ' || c.last_name || ' ' || field_texts(c.fields)) @@ query LIMIT most; END $$;--> statement-breakpoint
CREATE FUNCTION matching_identities(account bigint, query tsquery, most integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
BEGIN RETURN QUERY SELECT i.contact_id FROM contact_identities i WHERE i.account_id = account
  AND search_words(i.name || ' ' || coalesce(i.username, '')) @@ query LIMIT most; END $$;--> statement-breakpoint
CREATE FUNCTION matching_leads(account bigint, query tsquery, most integer) RETURNS SETOF bigint LANGUAGE plpgsql STABLE
  SET enable_seqscan = off SET enable_indexscan = off SET enable_indexonlyscan = off AS $$
BEGIN RETURN QUERY SELECT l.id FROM leads l WHERE l.account_id = account AND search_words(l.name) @@ query LIMIT most; END $$;
