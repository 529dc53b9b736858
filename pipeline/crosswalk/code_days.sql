-- From when to when every code could be reported (listed, if it never could), and whether it still can. Of a code that the
-- oldest listing has, nobody knows when it began.
with counted as (
    select system, code, bool_or(billable) as was_billable,
        min(valid_from) as listed_from, min(valid_from) filter (billable) as valid_from,
        max(coalesce(valid_to, date 'infinity')) as listed_to,
        max(coalesce(valid_to, date 'infinity')) filter (billable) as valid_to,
        coalesce(bool_or(valid_from_basis = $start_unknown) filter (billable), false) as is_start_unknown
    from episodes group by system, code
)
select system, code, coalesce(valid_from, listed_from) as valid_from,
    nullif(coalesce(valid_to, listed_to), date 'infinity') as valid_to,
    coalesce(valid_to = date 'infinity', false) as is_billable, was_billable, is_start_unknown
from counted
