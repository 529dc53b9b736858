-- Up to three codes that stand today for each code that has ended: completed crosswalks and a code's own system year to
-- year lead to what can be billed today; records and conversion tables name what took a code's place.
with ways as (
    select crosswalk from crosswalks
    where ends_with(crosswalk, '_current') or direction = 'forward' or (relation = 'succession' and origin = 'published')
),
ended as (select system, code from codes where valid_to is not null),
targets as (
    select distinct m.source_system as system, m.source_code as code, m.target_system, m.target_code
    from mappings m semi join ways using (crosswalk)
    semi join ended e on e.system = m.source_system and e.code = m.source_code
    anti join ended t on t.system = m.target_system and t.code = m.target_code
    where m.target_code is not null
)
select system, code,
    list_aggregate(list_sort(list(target_system || ':' || target_code))[:3], 'string_agg', ',') as today
from targets group by system, code order by system, code
