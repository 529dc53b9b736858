-- A path that ends at a day ends at the code before it, of which no more is known.
with reach as (select system, max(effective_from) as day from predecessors group by system),
missing as (
    select crosswalk, source_code, source_system as system, path, regexp_extract(path, '(\S+) \S+@\S+$', 1) as code,
        try_cast(regexp_extract(path, '@(\S+)$', 1) as date) as day, if(path like '%ended@%', ' ended', ' is new') as what
    from mappings where status = 'not_bridged'
),
ended as (select system, code, if(count(valid_to) = count(*), max(valid_to), null) as valid_to
    from billable_episodes group by all)
select m.crosswalk, 'not_bridged' as exception, source_code, null as target_code,
    case when path is null then coalesce('ended on ' || o.valid_to || '; ', '')
            || 'it has no entry in the map, and no conversion table here leads from it to a code that has'
        when m.day is null then 'what it was, or became, has no entry in the map: ' || path
        when path like '%new@%' then m.code || what || ' on ' || m.day || '; the conversion table says that nothing stood for it before'
        when m.day > r.day then m.code || what || ' on ' || m.day || '; the newest conversion table here ends on ' || r.day
        when printed is not null then m.code || what || ' on ' || m.day || '; the conversion table names only '
            || printed || ', which could not be reported before'
        else m.code || what || ' on ' || m.day || '; the conversion table does not name it' end as reason, 1 as rows
from missing m left join reach r using (system) left join ended o on o.system = m.system and o.code = m.source_code
left join ends e on e.system = m.system and e.later = m.code and e.day = m.day
union all
select crosswalk, 'not_bridged', null, target_code,
    'ended on ' || min(target_valid_to) || '; what became of it is not known, so it is kept', count(*)::int
from mappings join crosswalks using (crosswalk)
where way = 'carried' and mappings.target_system in (select system from reach) and not target_billable
group by crosswalk, target_code
