-- SPDX-License-Identifier: GPL-3.0-or-later
-- The journal's tables are Postgres's, indexes included: whoever reads loquat.db with tools of their own may count on
-- what the other has.

create index if not exists session_events_by_time on session_events (session_id, ts);
