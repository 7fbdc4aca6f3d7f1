-- SPDX-License-Identifier: GPL-3.0-or-later
-- Loquat says itself how a text is searched, as it does for its own index: preparing it here took four fifths of what
-- storing an event costs. For whoever else writes events (the Data API, an import by hand) a trigger does it, as 0003
-- says.

alter table session_events alter column search drop expression if exists;

create or replace function loquat_search_of_event() returns trigger language plpgsql set search_path = '' as $$
declare
    words text := left(new.content, 100000);
begin
    -- Normalising is most of the work, and ASCII has nothing to normalise.
    if octet_length(words) > char_length(words) then
        words := regexp_replace(
            normalize(regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g'), NFC),
            '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003FFFF])',
            ' \1 ', 'g');
    end if;
    new.search := to_tsvector('simple'::regconfig,
        regexp_replace(words,
            '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u3004\u3008-\u3020\u3030\u30a0\u30fb\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]',
            ' ', 'g'));
    return new;
end
$$;

drop trigger if exists search_of_new on session_events;
create trigger search_of_new before insert on session_events
    for each row when (new.search is null
        and new.event_type in ('user_message', 'ai_message', 'operator_message', 'summary'))
    execute function loquat_search_of_event();

drop trigger if exists search_of_changed on session_events;
create trigger search_of_changed before update of content on session_events
    for each row when (new.content is distinct from old.content
        and new.event_type in ('user_message', 'ai_message', 'operator_message', 'summary'))
    execute function loquat_search_of_event();

revoke all on function loquat_search_of_event() from public;

-- A file that is run by hand records itself.
do $$
begin
    if to_regclass('schema_migrations') is not null then
        execute 'insert into schema_migrations (version, name) values (6, ''search_by_writer'') on conflict (version) do nothing';
    end if;
end
$$;
