-- SPDX-License-Identifier: GPL-3.0-or-later
-- A session's row changes while the session lives, and is sent again whenever it did. A request that was given up,
-- because no answer came, may still arrive after the next one: over REST through gateways more easily than over one
-- connection. Without this an old row would then replace a newer one, and a session that ended would look alive for
-- ever. In the table and not in a statement, since PostgREST's upsert has no condition.

alter table sessions add column if not exists last_seq bigint not null default 0;

create or replace function keep_newest_session() returns trigger language plpgsql set search_path = '' as $$
begin
    return null; -- leaves the row as it is
end
$$;

drop trigger if exists keep_newest on sessions;
create trigger keep_newest before update on sessions
    for each row when (new.last_seq < old.last_seq) execute function keep_newest_session();

-- Whoever comes over REST cannot create tables, so this file may be run by hand (SQL editor): it records itself, and
-- lets Supabase's role see which version is there.
create table if not exists schema_migrations (
    version    integer primary key,
    name       text not null,
    applied_at timestamptz not null default current_timestamp
);
alter table schema_migrations enable row level security;
insert into schema_migrations (version, name)
    values (1, 'sessions_and_events'), (2, 'newest_session_row')
    on conflict (version) do nothing;

do $$
declare
    role_name text;
begin
    execute 'revoke all on schema_migrations from public';
    for role_name in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
        execute format('revoke all on schema_migrations from %I', role_name);
    end loop;
    if exists (select from pg_roles where rolname = 'service_role') then
        execute 'grant select on schema_migrations to service_role';
        if not has_schema_privilege('service_role', current_schema(), 'usage') then
            execute format('grant usage on schema %I to service_role', current_schema());
        end if;
    end if;
end
$$;

-- PostgREST learns of new tables and columns by this; nobody else listens.
notify pgrst, 'reload schema';
