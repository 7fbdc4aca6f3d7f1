-- SPDX-License-Identifier: GPL-3.0-or-later
-- Supabase's default privileges give whatever is made in the schema public to its browser roles. The tables were taken
-- back from them; what counts the events' ids and what the triggers run had not been.

do $$
declare
    ids      text := pg_get_serial_sequence('session_events', 'id');
    stranger text;
begin
    for stranger in
        select 'public' union all select quote_ident(rolname) from pg_roles where rolname in ('anon', 'authenticated')
    loop
        if ids is not null then
            execute format('revoke all on sequence %s from %s', ids, stranger);
        end if;
        execute 'revoke all on function keep_newest_session() from ' || stranger;
        execute 'revoke all on function loquat_search_of_event() from ' || stranger;
    end loop;
end
$$;

-- A file that is run by hand records itself.
do $$
begin
    if to_regclass('schema_migrations') is not null then
        execute 'insert into schema_migrations (version, name) values (7, ''nothing_for_strangers'') on conflict (version) do nothing';
    end if;
end
$$;
