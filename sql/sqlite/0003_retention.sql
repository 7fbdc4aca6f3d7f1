-- SPDX-License-Identifier: GPL-3.0-or-later
-- What stays of a session whose events were pruned: enough for who comes back with its id to count on from there, since
-- the replica has the earlier numbers and would take new events under them for old ones.

create table pruned_sessions (
    session_id    text primary key not null,
    last_seq      integer not null,
    user_id       text not null,
    start_time    text not null,
    model         text,
    turns         integer not null,
    input_tokens  integer,
    output_tokens integer,
    cost_usd      real
) strict;

create index sessions_completed on sessions (end_time) where status = 'completed';
