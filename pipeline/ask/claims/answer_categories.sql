-- Of each answer its categories by each grouping that was asked for, and what is to be known of them.
with coded as (
    select answer, system::varchar as system, nullif(code::varchar, '') as code, day_from, day_to from judged_answers
),

assigned as (
    select
        g.grouping_column, g.release, g.carried, c.system, c.code,
        list(distinct m.target_code order by m.target_code) filter (where m.target_code is not null) as categories,
        bool_or(m.target_code is not null and m.origin = 'derived') as is_carried
    from (select distinct system, code from coded where code is not null) as c
    join (select distinct grouping_column, by_day, crosswalk, system, release, carried from asked_groupings) as g
        on g.system = c.system
    join build_mappings as m on m.crosswalk = g.crosswalk and m.source_code = c.code
        and case
            when g.carried then m.newest and m.origin = 'derived'
            when g.release is null then m.newest
            else coalesce(g.release between m.release_from and m.release_to, false)
        end
    group by all
),

columns as (
    select distinct grouping_column, by_day from asked_groupings
),

grouped as (
    select distinct grouping_column, system from asked_groupings
)

select
    c.answer, k.grouping_column, a.categories, if(a.categories is null, null, g.release) as version,
    case
        when c.code is null then 'no_code'
        when s.system is null then 'other_system'
        when a.categories is null and n.valid_from > g.known_through then 'newer_than_map'
        when k.by_day and (g.release is null or g.carried and a.categories is null) then 'not_known'
        when a.categories is null then 'not_assigned'
        when a.is_carried then 'carried'
        when k.by_day then 'assigned'
        when c.day_from is null
            or c.day_from < coalesce(g.known_from, c.day_from) or c.day_to > coalesce(g.known_through, c.day_to)
            then 'other_days'
        else 'assigned'
    end as status
from coded as c
cross join columns as k
left join grouped as s on s.grouping_column = k.grouping_column and s.system = c.system
left join asked_groupings as g on g.grouping_column = k.grouping_column and g.system = c.system
    and (not g.by_day or c.day_from between g.stands_from and g.stands_to)
left join assigned as a on a.grouping_column = k.grouping_column and a.system = c.system and a.code = c.code
    and a.release is not distinct from g.release and a.carried = g.carried
left join build_codes as n on n.system = c.system and n.code = c.code
