-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whether a node is alive, as of the moment it is asked. A statement that waited for a row another node claimed
-- meanwhile looks at that row anew, but at all other tables as they were when it began: a node that had come just then
-- was not among them, and lost what it had claimed. A volatile function looks at how things are now.

create or replace function loquat_node_is_heard_of(node text, silent_ms bigint) returns boolean
language sql volatile as $$
    select exists (
        select from nodes n
        where n.node_id = node
          and (silent_ms is null or n.heartbeat_at > now() - silent_ms * interval '1 millisecond'))
$$;

do $$
begin
    execute 'revoke all on function loquat_node_is_heard_of(text, bigint) from public';
    if exists (select from pg_roles where rolname = 'service_role') then
        execute 'grant execute on function loquat_node_is_heard_of(text, bigint) to service_role';
    end if;
    if exists (select from pg_roles where rolname = 'anon') then
        execute 'revoke all on function loquat_node_is_heard_of(text, bigint) from anon';
    end if;
    if exists (select from pg_roles where rolname = 'authenticated') then
        execute 'revoke all on function loquat_node_is_heard_of(text, bigint) from authenticated';
    end if;
end
$$;

-- A file that is run by hand records itself.
do $$
begin
    if to_regclass('schema_migrations') is not null then
        execute 'insert into schema_migrations (version, name) values (5, ''node_is_heard_of'') on conflict (version) do nothing';
    end if;
end
$$;
