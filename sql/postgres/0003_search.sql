-- SPDX-License-Identifier: GPL-3.0-or-later
-- Full-text search over what was said. The text is prepared as Loquat prepares it for its own index: without accents and
-- punctuation, a space between Chinese, Japanese and Korean characters; the 'simple' configuration folds case and
-- leaves words as they are. What is beyond the 100,000th character is not searched: a tsvector may not exceed 1 MB.
--
-- Rewrites session_events once. Where that table is large already, run this file by hand (psql) before Loquat does.

alter table session_events add column if not exists search tsvector generated always as (
    case when event_type in ('user_message', 'ai_message', 'operator_message', 'summary') then
        to_tsvector('simple'::regconfig,
            regexp_replace(
                regexp_replace(
                    normalize(regexp_replace(normalize(left(content, 100000), NFD), '[\u0300-\u036f]', '', 'g'), NFC),
                    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u30a0\u30fb\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]',
                    ' ', 'g'),
                '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003FFFF])',
                ' \1 ', 'g'))
    end) stored;

create index if not exists session_events_search on session_events using gin (search);

-- A file that is run by hand records itself.
do $$
begin
    if to_regclass('schema_migrations') is not null then
        execute 'insert into schema_migrations (version, name) values (3, ''search'') on conflict (version) do nothing';
    end if;
end
$$;
