-- From when to when every code could be reported (listed, if it never could), and whether it still can.
with reported as (select system, code, valid_from, valid_to from billable_episodes),
listed as (
    select system, code, valid_from, valid_to from episodes
    where (system, code) not in (select (system, code) from reported)
)
select system, code, min(valid_from) as valid_from,
    case when count(valid_to) = count(*) then max(valid_to) end as valid_to,
    bool_or(is_reported and valid_to is null) as is_billable
from (select *, true as is_reported from reported union all select *, false from listed) group by system, code
