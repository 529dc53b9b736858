-- The codes of policies: single codes as they are printed, and of each range its ends and the codes between them that
-- could be reported on the day of the release, or on the row's last day where that is earlier. A code that began later
-- was in nobody's mind when the range was printed.
with ranges as (
    select distinct system, code as first, last, least(coalesce(valid_to, $day), $day) as day
    from printed where last is not null
),

inside as (
    select r.*, e.code
    from ranges r join episodes e on e.system = r.system and e.code between r.first and r.last
    where e.billable and e.valid_from <= r.day and coalesce(e.valid_to >= r.day, true)
    union
    select *, unnest([first, last]) from ranges
)

select p.policy, p.code_group, p.role, p.system, coalesce(i.code, p.code) as code, p.answer, p.valid_from, p.valid_to,
    p.basis, p.code || '-' || p.last as printed, p.line
from printed p
left join inside i
    on i.system = p.system and i.first = p.code and i.last = p.last
    and i.day = least(coalesce(p.valid_to, $day), $day)
order by all
