-- SPDX-License-Identifier: GPL-3.0-or-later
-- The journal: what Loquat promises to its clients is kept here first, and shipped to Postgres from here.
-- Times are ISO 8601 text in UTC with milliseconds and Z: they sort as text and can be read by a person.
-- JSON is text; a number that nobody told is null, never zero.

create table sessions (
    session_id       text primary key not null,
    user_id          text not null,
    status           text not null check (status in ('active', 'ending', 'completed')),
    start_time       text not null,
    end_time         text,
    duration_seconds integer,
    summary          text,
    summary_source   text check (summary_source in ('model', 'fallback')),
    model            text,
    turns            integer not null default 0,
    input_tokens     integer,
    output_tokens    integer,
    cost_usd         real,
    node_id          text,
    metadata         text not null default '{}'
) strict;

create index sessions_newest on sessions (start_time);
create index sessions_of_user on sessions (user_id, start_time);
create index sessions_unfinished on sessions (start_time) where status <> 'completed';

-- `id` is the order of arrival and never used twice: the replica's position is one of them.
create table session_events (
    id         integer primary key autoincrement,
    session_id text not null references sessions (session_id) on delete cascade,
    seq        integer not null check (seq > 0),
    ts         text not null,
    event_type text not null,
    role       text not null,
    content    text not null default '',
    metadata   text not null default '{}',
    unique (session_id, seq)
) strict;

create index session_events_by_time on session_events (session_id, ts);

create view events as
    select id as event_id, session_id, ts as "timestamp", event_type, content from session_events;

-- How far each replica has come: everything up to `event_id` is there, or set aside below.
create table replica_marks (
    target   text primary key not null,
    event_id integer not null,
    at       text not null
) strict;

-- Events that a replica's database refused for what they hold, so that they do not hold up the others.
create table replica_rejects (
    target   text not null,
    event_id integer not null,
    reason   text not null,
    at       text not null,
    primary key (target, event_id)
) strict;
