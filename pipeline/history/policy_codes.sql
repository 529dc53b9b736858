-- The codes of policies: single codes as they are printed, and of each range its ends and the codes between them that
-- could be reported on the day of the release, or on the row's last day where that is earlier. A code that began later
-- was in nobody's mind when the range was printed.
with ranges as (
    select distinct system, code as first, last, least(coalesce(valid_to, $day), $day) as day
    from printed where last is not null
),

days as (select distinct system, day from ranges),

reportable as (  -- numbered in the order of codes, so that a range is one of numbers
    select d.system, d.day, e.code, row_number() over (partition by d.system, d.day order by e.code) as number
    from days d join episodes e on e.system = d.system and e.billable
        and e.valid_from <= d.day and (e.valid_to is null or e.valid_to >= d.day)
),

bounds as (
    select r.*, f.number as from_number, t.number as to_number
    from ranges r
    asof left join reportable f on f.system = r.system and f.day = r.day and f.code >= r.first
    asof left join reportable t on t.system = r.system and t.day = r.day and t.code <= r.last
),

inside as (
    select b.system, b.first, b.last, b.day, e.code
    from (select *, unnest(range(from_number, to_number + 1)) as number from bounds) b
    join reportable e using (system, day, number)
    union
    select system, first, last, day, unnest([first, last]) from ranges
)

select p.policy, p.code_group, p.role, p.system, coalesce(i.code, p.code) as code, p.answer, p.valid_from, p.valid_to,
    p.basis, p.code || '-' || p.last as printed, p.line
from printed p
left join inside i
    on i.system = p.system and i.first = p.code and i.last = p.last
    and i.day = least(coalesce(p.valid_to, $day), $day)
order by all
