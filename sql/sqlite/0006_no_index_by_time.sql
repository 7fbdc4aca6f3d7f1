-- SPDX-License-Identifier: GPL-3.0-or-later
-- Nothing reads a session's events by time: their seq is in that order, too. The index took a page of its own for every
-- event of every session that speaks.

drop index if exists session_events_by_time;
