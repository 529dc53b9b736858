-- The rows, sources and targets that two groupings joined by category make, and how far another scheme agrees: of all
-- pairs of codes in one category, the share whose codes have a category of the other scheme in common too. A code with
-- itself is no pair. Of `joins` each row names the two groupings (one, other), and those of the other scheme, if any.
with members as (
    select j.crosswalk, j.one = j.other as is_itself, 1 as side, g.category, g.code, k.category as compared
    from joins j join grouped g on g.crosswalk = j.one
    left join grouped k on k.crosswalk = j.one_compared and k.code = g.code
    union all
    select j.crosswalk, j.one = j.other, 2, g.category, g.code, k.category
    from joins j join grouped g on g.crosswalk = j.other
    left join grouped k on k.crosswalk = j.other_compared and k.code = g.code
),
by_category as (
    select crosswalk, is_itself, category, count(distinct code) filter (side = 1) as ones,
        count(distinct code) filter (side = 2) as others
    from members group by all
),
by_both as (
    select crosswalk, is_itself, category, compared, count(distinct code) filter (side = 1) as ones,
        count(distinct code) filter (side = 2) as others
    from members where compared is not null group by all
),
pairs as (
    select crosswalk, sum(ones * others - if(is_itself, ones, 0)) as pairs,
        sum(ones) filter (others > 0) as sources, sum(others) filter (ones > 0) as targets
    from by_category group by all
),
agreed as (select crosswalk, sum(ones * others - if(is_itself, ones, 0)) as agreed from by_both group by all)
select crosswalk, pairs::bigint as pairs, coalesce(sources, 0)::bigint as sources, coalesce(targets, 0)::bigint as targets,
    if(j.one_compared is null, null, coalesce(agreed, 0) / pairs) as agreement
from joins j join pairs using (crosswalk) left join agreed using (crosswalk)
order by crosswalk
