-- The audit log's own machinery. Every function has a fixed search_path; those that write run as the owner, because the
-- runtime login may only read the log.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kanal_retention') THEN
        RAISE EXCEPTION 'The role kanal_retention is missing. As a superuser: CREATE ROLE kanal_retention NOLOGIN; GRANT kanal_retention TO %', current_user;
    END IF;
END
$$;

-- What waits for its transaction to commit. A row is added and removed in one transaction, so nobody sees another's.
CREATE TABLE audit_pending (
    municipality_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    actor_id bigint,
    act text NOT NULL,
    table_name text NOT NULL,
    object_id bigint,
    before jsonb,
    after jsonb,
    people text[],
    reason text NOT NULL,
    detail jsonb,
    is_turn boolean NOT NULL DEFAULT false,
    PRIMARY KEY (municipality_id, id)
) WITH (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
CREATE INDEX audit_pending_turn ON audit_pending (municipality_id) WHERE is_turn;
ALTER TABLE audit_pending ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON audit_pending FROM PUBLIC;

-- Each part with its length in front, so that no two lists give the same text.
CREATE FUNCTION audit_canonical(parts text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT string_agg(CASE WHEN part IS NULL THEN '-' ELSE octet_length(part) || ':' || part END, ',' ORDER BY n)
    FROM unnest(parts) WITH ORDINALITY AS each(part, n)
$$;

-- Called with the municipality's head locked, so that one person gets one pseudonym.
CREATE FUNCTION audit_pseudonym(of_municipality bigint, of_user bigint) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found_one text;
BEGIN
    IF of_user IS NULL THEN
        RETURN '';
    END IF;
    SELECT pseudonym INTO found_one FROM public.audit_person
    WHERE municipality_id = of_municipality AND user_id = of_user;
    WHILE found_one IS NULL LOOP
        INSERT INTO public.audit_person (municipality_id, user_id, pseudonym)
        VALUES (of_municipality, of_user, 'P-' || upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 6)))
        ON CONFLICT DO NOTHING RETURNING pseudonym INTO found_one;
    END LOOP;
    RETURN found_one;
END
$$;

-- Columns that point to a person hold her pseudonym instead of her key.
CREATE FUNCTION audit_without_people(of_municipality bigint, of_values jsonb, people text[]) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person text;
BEGIN
    IF of_values IS NULL OR NOT of_values ?| people THEN
        RETURN of_values;
    END IF;
    FOREACH person IN ARRAY people LOOP
        IF jsonb_typeof(of_values -> person) = 'number' THEN
            of_values := jsonb_set(
                of_values, ARRAY[person],
                to_jsonb(public.audit_pseudonym(of_municipality, (of_values ->> person)::bigint))
            );
        END IF;
    END LOOP;
    RETURN of_values;
END
$$;

-- At commit, first round: one pending row of each municipality asks for a turn. The turn comes in the next round, when
-- every foreign key of the transaction is checked: from then on it waits for nobody who could wait for it.
CREATE FUNCTION audit_take_turn() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.audit_pending WHERE municipality_id = NEW.municipality_id AND is_turn) THEN
        UPDATE public.audit_pending SET is_turn = true
        WHERE municipality_id = NEW.municipality_id AND id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;

-- At commit, second round: number the transaction's events and tie them to the chain, behind the head's lock.
CREATE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    entered text := coalesce(current_setting('kk.municipality', true), '');
    of_municipality bigint := NEW.municipality_id;
    event public.audit_pending;
    last_sequence bigint;
    last_hash text;
    next_hash text;
    who text;
BEGIN
    -- tenant() has put the setting back by now.
    PERFORM set_config('kk.municipality', of_municipality::text, true);
    SELECT sequence, hash INTO last_sequence, last_hash
    FROM public.audit_audithead WHERE municipality_id = of_municipality FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO public.audit_audithead (municipality_id, sequence, hash) VALUES (of_municipality, 0, '')
        ON CONFLICT DO NOTHING;
        SELECT sequence, hash INTO last_sequence, last_hash
        FROM public.audit_audithead WHERE municipality_id = of_municipality FOR UPDATE;
    END IF;
    FOR event IN SELECT * FROM public.audit_pending WHERE municipality_id = of_municipality ORDER BY id LOOP
        who := public.audit_pseudonym(of_municipality, event.actor_id);
        event.before := public.audit_without_people(of_municipality, event.before, event.people);
        event.after := public.audit_without_people(of_municipality, event.after, event.people);
        event.detail := public.audit_without_people(of_municipality, event.detail, ARRAY['user_id']);
        last_sequence := last_sequence + 1;
        next_hash := encode(sha256(convert_to(public.audit_canonical(ARRAY[
            last_hash, of_municipality::text, last_sequence::text,
            to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            who, event.act, event.table_name, event.object_id::text,
            event.before::text, event.after::text, event.reason, event.detail::text
        ]), 'UTF8')), 'hex');
        INSERT INTO public.audit_auditevent (
            municipality_id, sequence, at, actor, act, table_name, object_id,
            before, after, reason, detail, previous_hash, hash
        ) VALUES (
            of_municipality, last_sequence, event.at, who, event.act, event.table_name, event.object_id,
            event.before, event.after, event.reason, event.detail, last_hash, next_hash
        );
        last_hash := next_hash;
    END LOOP;
    UPDATE public.audit_audithead SET sequence = last_sequence, hash = last_hash WHERE municipality_id = of_municipality;
    DELETE FROM public.audit_pending WHERE municipality_id = of_municipality;
    PERFORM set_config('kk.municipality', entered, true);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER take_turn AFTER INSERT ON audit_pending
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_take_turn();
CREATE CONSTRAINT TRIGGER chain AFTER UPDATE OF is_turn ON audit_pending
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_chain();

-- The trigger of every audited table. Arguments: columns never recorded, columns recorded without their value, columns
-- that point to a person. Which tables: kanalkompass/audited.py.
CREATE FUNCTION audit_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    never text[] := TG_ARGV[0]::text[] || ARRAY['id', 'municipality_id'];
    withheld text[] := TG_ARGV[1]::text[];
    whole jsonb := CASE TG_OP WHEN 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END;
    was jsonb;
    is_now jsonb;
    hidden text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        is_now := jsonb_strip_nulls(whole - never);
    ELSIF TG_OP = 'DELETE' THEN
        was := jsonb_strip_nulls(whole - never);
    ELSE
        SELECT jsonb_object_agg(key, value), jsonb_object_agg(key, whole -> key) INTO was, is_now
        FROM jsonb_each(to_jsonb(OLD) - never) WHERE value IS DISTINCT FROM whole -> key;
        IF was IS NULL THEN
            RETURN NULL;
        END IF;
    END IF;
    FOREACH hidden IN ARRAY withheld LOOP
        IF was -> hidden NOT IN ('null', '""') THEN
            was := jsonb_set(was, ARRAY[hidden], '{"withheld": true}');
        END IF;
        IF is_now -> hidden NOT IN ('null', '""') THEN
            is_now := jsonb_set(is_now, ARRAY[hidden], '{"withheld": true}');
        END IF;
    END LOOP;
    INSERT INTO public.audit_pending (
        municipality_id, actor_id, act, table_name, object_id, before, after, people, reason
    ) VALUES (
        (whole ->> 'municipality_id')::bigint, nullif(current_setting('kk.actor', true), '')::bigint,
        CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END,
        TG_TABLE_NAME, (whole ->> 'id')::bigint, was, is_now, TG_ARGV[2]::text[],
        coalesce(current_setting('kk.reason', true), '')
    );
    RETURN NULL;
END
$$;

-- An act that changes no row, in the entered municipality.
CREATE FUNCTION audit_append(act text, table_name text, object_id bigint, reason text, detail jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF act IN ('added', 'changed', 'deleted')
        OR act = 'stretch_erased' AND NOT pg_has_role(session_user, 'kanal_retention', 'MEMBER')
    THEN
        RAISE EXCEPTION 'The act % is written by the database alone', act USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO public.audit_pending (
        municipality_id, actor_id, act, table_name, object_id, people, reason, detail
    ) VALUES (
        current_setting('kk.municipality')::bigint, nullif(current_setting('kk.actor', true), '')::bigint,
        act, table_name, object_id, '{}',
        coalesce(nullif(reason, ''), current_setting('kk.reason', true), ''), detail
    );
END
$$;

-- Forget whom a pseudonym of the entered municipality stands for, and write that in the log: whoever calls this cannot
-- leave that out. Returns the pseudonym, or null.
CREATE FUNCTION audit_forget(of_user bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    forgotten text;
    actor text := coalesce(current_setting('kk.actor', true), '');
BEGIN
    UPDATE public.audit_person SET user_id = NULL
    WHERE municipality_id = current_setting('kk.municipality')::bigint AND user_id = of_user
    RETURNING pseudonym INTO forgotten;
    IF forgotten IS NOT NULL THEN
        -- Who asks to be forgotten herself gets no new name for that.
        IF actor = of_user::text THEN
            PERFORM set_config('kk.actor', '', true);
        END IF;
        PERFORM public.audit_append('name_forgotten', '', NULL, '', jsonb_build_object('person', forgotten));
        PERFORM set_config('kk.actor', actor, true);
    END IF;
    RETURN forgotten;
END
$$;

-- What is written stays: for the owner too. kanal_retention alone may remove, through audit_erase.
CREATE FUNCTION audit_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP <> 'DELETE' OR current_user <> 'kanal_retention' THEN
        RAISE EXCEPTION 'The audit log is only added to' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditevent
FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();

-- Erase a municipality's log up to a number, or all of it. Run as kanal_retention. Erasing a stretch leaves an event
-- that holds the last erased link, so that the chain goes on from there.
CREATE FUNCTION audit_erase(of_municipality bigint, through bigint) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    n_erased bigint;
    last_erased text;
BEGIN
    PERFORM set_config('kk.municipality', of_municipality::text, true);
    PERFORM FROM public.audit_audithead WHERE municipality_id = of_municipality FOR UPDATE;
    IF through IS NULL THEN
        DELETE FROM public.audit_auditevent WHERE municipality_id = of_municipality;
        GET DIAGNOSTICS n_erased = ROW_COUNT;
        DELETE FROM public.audit_pending WHERE municipality_id = of_municipality;
        DELETE FROM public.audit_audithead WHERE municipality_id = of_municipality;
        DELETE FROM public.audit_person WHERE municipality_id = of_municipality;
        RETURN n_erased;
    END IF;
    SELECT hash INTO last_erased FROM public.audit_auditevent
    WHERE municipality_id = of_municipality AND sequence = through;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    DELETE FROM public.audit_auditevent WHERE municipality_id = of_municipality AND sequence <= through;
    GET DIAGNOSTICS n_erased = ROW_COUNT;
    PERFORM public.audit_append(
        'stretch_erased', '', NULL, '',
        jsonb_build_object('through', through, 'hash', last_erased, 'events', n_erased)
    );
    RETURN n_erased;
END
$$;

REVOKE ALL ON FUNCTION audit_canonical(text[]), audit_pseudonym(bigint, bigint),
    audit_without_people(bigint, jsonb, text[]), audit_take_turn(), audit_chain(), audit_row(),
    audit_append(text, text, bigint, text, jsonb), audit_forget(bigint), audit_stays(), audit_erase(bigint, bigint)
    FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO kanal_retention;
GRANT SELECT, DELETE ON audit_auditevent, audit_person TO kanal_retention;
GRANT SELECT, DELETE ON audit_pending TO kanal_retention;
GRANT SELECT, UPDATE, DELETE ON audit_audithead TO kanal_retention;
CREATE POLICY retention ON audit_pending TO kanal_retention USING (true);
GRANT EXECUTE ON FUNCTION audit_erase(bigint, bigint), audit_append(text, text, bigint, text, jsonb)
    TO kanal_retention;
