with lists as (
    select
        rule, system, title, otherwise, known_from, known_through,
        lead(known_from) over (partition by rule, system order by known_from) as next_from
    from rule_lists
), days as (
    select rule, system, title, otherwise, known_from as first_day, known_through as last_day
    from lists
    union all
    select
        rule, system, title, cast(null as varchar), cast(known_through + interval 1 day as date),
        coalesce(cast(next_from - interval 1 day as date), date '9999-12-31')
    from lists
    where next_from is null or next_from > known_through + interval 1 day
    union all
    select
        rule, system, min(title), cast(null as varchar), date '0001-01-01',
        cast(min(known_from) - interval 1 day as date)
    from lists
    group by rule, system
)
select
    v.system, v.code, d.rule, d.title,
    case when r.value is not null then 'yes' when d.otherwise is not null then 'no' else 'not_known' end as answer,
    r.value, greatest(v.valid_from, d.first_day) as valid_from, least(v.valid_through, d.last_day) as valid_through
from validity as v
join days as d on d.system = v.system and d.first_day <= v.valid_through and d.last_day >= v.valid_from
left join code_rules as r on r.system = v.system and r.code = v.code and r.rule = d.rule
    and r.valid_from <= d.first_day and r.valid_to >= d.last_day
where v.billable
