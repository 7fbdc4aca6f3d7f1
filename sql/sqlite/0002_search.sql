-- SPDX-License-Identifier: GPL-3.0-or-later
-- Full-text search over what was said. Filled by Loquat itself, a little behind the journal, and not by a trigger:
-- that made writing 40 to 60 % slower. `rowid` is session_events.id; the text is prepared by Loquat (folded, without
-- accents and punctuation, a space between Chinese, Japanese and Korean characters), so that Postgres and SQLite find
-- the same. The index keeps no copy of the text. Beginnings of 3 to 6 letters have an index of their own: one that many
-- words share would otherwise be put together anew for every search.

create virtual table session_search using fts5(
    content, content = '', columnsize = 0, prefix = '3 4 5 6', tokenize = 'ascii'
);

-- Up to which event the index has come; the rest of an old journal follows after the first start.
create table search_position (
    one      integer primary key check (one = 1),
    event_id integer not null
) strict;

insert into search_position (one, event_id) values (1, 0);
