-- Of each answer its categories by each grouping that was asked for, and what is to be known of them.
with coded as (
    select answer, system::varchar as system, nullif(code::varchar, '') as code, day_from, day_to from judged_answers
),

assigned as (
    select
        g.grouping_column, c.system, c.code,
        list(distinct m.target_code order by m.target_code) filter (where m.target_code is not null) as categories,
        bool_or(m.target_code is not null and m.origin = 'derived') as is_carried
    from (select distinct system, code from coded where code is not null) as c
    join asked_groupings as g on g.system = c.system
    join build_mappings as m on m.crosswalk = g.crosswalk and m.source_code = c.code
        and if(g.release is null, m.newest, coalesce(g.release between m.release_from and m.release_to, false))
    group by all
),

columns as (
    select distinct grouping_column from asked_groupings
)

select
    c.answer, k.grouping_column, a.categories,
    case
        when c.code is null then 'no_code'
        when g.system is null then 'other_system'
        when a.categories is null and n.valid_from > g.known_through then 'newer_than_map'
        when a.categories is null then 'not_assigned'
        when a.is_carried then 'carried'
        when c.day_from is null
            or c.day_from < coalesce(g.known_from, c.day_from) or c.day_to > coalesce(g.known_through, c.day_to)
            then 'other_days'
        else 'assigned'
    end as status
from coded as c
cross join columns as k
left join asked_groupings as g on g.grouping_column = k.grouping_column and g.system = c.system
left join assigned as a on a.grouping_column = k.grouping_column and a.system = c.system and a.code = c.code
left join build_codes as n on n.system = c.system and n.code = c.code
