-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who comes back to a pruned session gets its row back as it was: the replica's is overwritten with it.

alter table pruned_sessions add column summary text;
alter table pruned_sessions add column summary_source text;
alter table pruned_sessions add column node_id text;
alter table pruned_sessions add column metadata text not null default '{}';
