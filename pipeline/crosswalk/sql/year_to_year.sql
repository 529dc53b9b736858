-- A source is said to lead nowhere only for days on which it leads nowhere. It also stands for itself where it was, or
-- stays, valid on the other day: the code itself is the first row of every source.
with remaining as (
    from chains c where target is not null or not exists (
        from chains o where o.system = c.system and o.source = c.source and o.target is not null
            and o.target_valid_from <= coalesce(c.target_valid_to, date '9999-12-31')
            and c.target_valid_from <= coalesce(o.target_valid_to, date '9999-12-31')
    )
),
itself as (
    select system, code, code, 0, 0, 0, 0, null, false, valid_from, valid_to, valid_from, valid_to
    from spells where (system, code) in (select (system, source) from chains)
)
from (from remaining union all from itself) order by system, source, scenario, choice_list, hops, target, valid_from
