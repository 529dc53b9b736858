-- What each code that is newer than a grouping was on the day of that, and the categories of this: `agree` where all that
-- it was are in the same ones, and none is in no category.
with grouped as (
    select source_code, list(distinct target_code order by target_code) as categories
    from published where target_code is not null group by source_code
),
was as (  -- the shortest way to each
    select b.source, b.target, min({'hops': b.hops, 'path': b.path}) as way, any_value(g.categories) as categories
    from backward b join newer n on n.source_code = b.source left join grouped g on g.source_code = b.target
    where b.system = $system and $day between b.target_valid_from and coalesce(b.target_valid_to, date '9999-12-31')
    group by b.source, b.target
),
told as (
    select source, min(categories) = max(categories) and bool_and(categories is not null) as agree,
        string_agg(coalesce(target, 'unknown') || ' (' || coalesce(array_to_string(categories, ', '), 'none') || ')', ', '
            order by target) as all_that_it_was
    from was group by source
),
nearest as (
    select source, category, min(way) as way
    from (select source, way, unnest(categories) as category from was) group by source, category
)
select source as source_code, category as target_code, agree, way.hops + 1 as hops,
    concat_ws(' ', way.path, $name, category) as path, all_that_it_was
from nearest join told using (source)
order by source_code, target_code
