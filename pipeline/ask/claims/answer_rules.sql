-- Of each answer what each rule that was asked for says on its days, and what is to be known of that.
with coded as (
    select answer, system::varchar as system, nullif(code::varchar, '') as code, day_from from judged_answers
),

said as (
    select c.answer, k.rule_column, string_agg(r.value, '; ' order by r.value) as said
    from coded as c
    join build_code_rules as r
        on r.system = c.system and r.code = c.code and c.day_from between r.valid_from and r.valid_to
    join asked_rules as k on k.rule = r.rule
    group by all
),

ruled as (select distinct l.system, k.rule_column, k.rule from build_rule_lists as l join asked_rules as k using (rule))

select
    c.answer, k.rule_column, s.said,
    case
        when c.code is null then 'no_code'
        when u.system is null then 'other_system'
        when s.said is not null then 'listed'
        when l.otherwise is not null then 'not_listed'
        else 'not_known'
    end as status
from coded as c
cross join asked_rules as k
left join ruled as u on u.rule = k.rule and u.system = c.system
left join said as s on s.answer = c.answer and s.rule_column = k.rule_column
left join build_rule_lists as l
    on l.rule = k.rule and l.system = c.system and c.day_from between l.known_from and l.known_through
