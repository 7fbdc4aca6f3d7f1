-- SPDX-License-Identifier: GPL-3.0-or-later
-- Several Loquats on one database: who is there, and whose each session is. Only Loquat itself reads and
-- writes these.

create table if not exists nodes (
    node_id      text primary key,
    address      text not null,
    version      text not null default '',
    started_at   timestamptz not null default now(),
    heartbeat_at timestamptz not null default now()
);

-- Claimed before a session is opened, so that two nodes never lead the same conversation. A node keeps what
-- it claimed for as long as it is alive.
create table if not exists session_owners (
    session_id text primary key,
    node_id    text not null,
    claimed_at timestamptz not null default now()
);

create index if not exists session_owners_of_node on session_owners (node_id);

alter table nodes enable row level security;
alter table session_owners enable row level security;

do $$
begin
    execute 'revoke all on nodes, session_owners from public';
    if exists (select from pg_roles where rolname = 'service_role') then
        execute 'grant select, insert, update, delete on nodes, session_owners to service_role';
    end if;
    if exists (select from pg_roles where rolname = 'anon') then
        execute 'revoke all on nodes, session_owners from anon';
    end if;
    if exists (select from pg_roles where rolname = 'authenticated') then
        execute 'revoke all on nodes, session_owners from authenticated';
    end if;
end
$$;

-- A file that is run by hand records itself.
do $$
begin
    if to_regclass('schema_migrations') is not null then
        execute 'insert into schema_migrations (version, name) values (4, ''nodes'') on conflict (version) do nothing';
    end if;
end
$$;
