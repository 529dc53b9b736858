-- Codes of mappings that are in no listing of their system, in no grouping, and in no declared exception.
with known as (
    select distinct system, code from code_history
    union all
    select distinct c.target_system, k.category from categories k join crosswalks c using (crosswalk)
),
used as (
    select distinct source_system as system, source_code as code, 'source' as side from mappings
    union all
    select distinct target_system, target_code, 'target' from mappings where target_code is not null
),
unknown as (from used anti join known using (system, code))
select m.crosswalk, u.side, u.code, min(m.source_file) as file
from unknown u join mappings m
    on (u.side = 'source' and m.source_system = u.system and m.source_code = u.code)
    or (u.side = 'target' and m.target_system = u.system and m.target_code = u.code)
group by all
having (m.crosswalk, 'unlisted_' || u.side, u.code) not in (
    select (crosswalk, exception, coalesce(source_code, target_code)) from crosswalk_exceptions)
order by all
