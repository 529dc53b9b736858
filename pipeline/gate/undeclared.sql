-- Codes of mappings that are in no listing of their system, in no grouping, and in no declared exception.
with known as (
    select distinct system, code from code_history
    union all
    select distinct c.target_system, k.category from categories k join crosswalks c using (crosswalk)
),
sources as (
    from (select distinct source_system as system, source_code as code from mappings) anti join known using (system, code)
),
targets as (
    from (select distinct target_system as system, target_code as code from mappings where target_code is not null)
    anti join known using (system, code)
),
unknown as (
    select m.crosswalk, 'source' as side, m.source_code as code, m.source_file
    from mappings m join sources s on s.system = m.source_system and s.code = m.source_code
    union all
    select m.crosswalk, 'target', m.target_code, m.source_file
    from mappings m join targets t on t.system = m.target_system and t.code = m.target_code
)
select crosswalk, side, code, min(source_file) as file
from unknown
where (crosswalk, 'unlisted_' || side, code) not in (
    select (crosswalk, exception, coalesce(source_code, target_code)) from crosswalk_exceptions where exception like 'unlisted_%')
group by all order by all
