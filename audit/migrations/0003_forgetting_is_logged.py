"""Forgetting a name writes itself in the log: whoever calls the function cannot leave that out."""

from django.db import migrations

FORGET = """
DROP FUNCTION audit_forget(bigint);
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
REVOKE ALL ON FUNCTION audit_forget(bigint) FROM PUBLIC;
"""

FORGET_BEFORE = """
DROP FUNCTION audit_forget(bigint);
CREATE FUNCTION audit_forget(of_user bigint) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.audit_person SET user_id = NULL
    WHERE municipality_id = current_setting('kk.municipality')::bigint AND user_id = of_user
    RETURNING pseudonym
$$;
REVOKE ALL ON FUNCTION audit_forget(bigint) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]

    operations = [migrations.RunSQL(FORGET, reverse_sql=FORGET_BEFORE)]
