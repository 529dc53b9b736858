-- What each code that is newer than a grouping was on the day of that, and the categories of this: `agree` where all that
-- it was are in the same ones, and none is in no category.
with grouped as (
    select source_code, list(distinct target_code order by target_code) as categories
    from published where target_code is not null group by source_code
),
was as (  -- the shortest way to each
    select b.source, b.target, b.hops, b.path, g.categories
    from backward b join newer n on n.source_code = b.source left join grouped g on g.source_code = b.target
    where b.system = $system and $day between b.target_valid_from and coalesce(b.target_valid_to, date '9999-12-31')
    qualify row_number() over (partition by b.source, b.target order by b.hops, b.path) = 1
),
told as (
    select source, min(categories) = max(categories) and bool_and(categories is not null) as agree,
        string_agg(coalesce(target, 'unknown') || ' (' || coalesce(array_to_string(categories, ', '), 'none') || ')', ', '
            order by target) as all_that_it_was
    from was group by source
)
select source as source_code, category as target_code, agree, hops + 1 as hops,
    concat_ws(' ', path, $name, category) as path, all_that_it_was
from (select *, unnest(categories) as category from was) join told using (source)
qualify row_number() over (partition by source, category order by hops, path) = 1
order by source_code, target_code
