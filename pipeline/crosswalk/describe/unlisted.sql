-- What is in no listing has no days.
select crosswalk, 'source' as side, source_code as code, count(*)::int as rows
from mappings where valid_from is null and origin = 'published' group by all
union all
select crosswalk, 'target', target_code, count(*)::int
from mappings where target_valid_from is null and target_code is not null and origin = 'published'
    and (target_system in (select source_system from crosswalks)
        or crosswalk in (select crosswalk from crosswalks where way = 'successors'))
group by all
order by all
