-- Codes of mappings that are in no listing of their system, in no grouping, and in no declared exception.
with known as (
    select system, code from code_history
    union all
    select distinct c.target_system, k.category from categories k join crosswalks c using (crosswalk)
),
coded as (
    select crosswalk, 'source' as side, source_system as system, source_code as code, source_file from mappings
    union all
    select crosswalk, 'target', target_system, target_code, source_file from mappings where target_code is not null
),
unknown as (from coded anti join known using (system, code))
select crosswalk, side, code, min(source_file) as file
from unknown
where (crosswalk, 'unlisted_' || side, code) not in (
    select (crosswalk, exception, coalesce(source_code, target_code)) from crosswalk_exceptions where exception like 'unlisted_%')
group by all order by all
