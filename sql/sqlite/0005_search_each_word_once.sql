-- SPDX-License-Identifier: GPL-3.0-or-later
-- A word that a text has more than once is told to the index once, but for texts whose phrases are searched. Words leave
-- the index by being told again, so it is built anew behind the first start.

drop table session_search;

create virtual table session_search using fts5(
    content, content = '', columnsize = 0, prefix = '3 4 5 6 7 8 9 10 11 12', tokenize = 'ascii'
);

update search_position set event_id = 0;
