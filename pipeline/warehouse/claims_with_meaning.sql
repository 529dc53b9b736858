with history as (
    select h.system, h.code, h.valid_from, h.valid_to, h.valid_from_earliest, h.valid_to_earliest, h.valid_from_basis
    from code_history as h
    join systems as s on s.system = h.system
    where h.valid_to is null or s.in_use_from is null or h.valid_to >= s.in_use_from
), numbered as (
    select system, code, valid_from, valid_from_basis,
        row_number() over (partition by system, code order by valid_from) as number,
        max(coalesce(valid_to, date '9999-12-31')) over (partition by system, code) as ends
    from history
), lives as (
    select system, code, valid_from as begins, ends, valid_from_basis as begins_by
    from numbered
    where number = 1
), modifiers as (
    select h.system, min(r.effective_from) as first_day
    from code_history as h
    join releases as r on r.system = h.system and r.release = h.release
    where h.kind = 'modifier'
    group by h.system
), in_doubt as (
    select distinct q.system, q.code, q.day
    from claims as q
    join history as e on e.system = q.system and e.code = q.code
        and (q.day >= e.valid_from_earliest and q.day < e.valid_from
            or q.day > e.valid_to_earliest and q.day <= e.valid_to)
)
select
    q.*, m.kind, m.setting, m.billable, coalesce(m.description, m.short_description) as description,
    case
        when s.known_through is null then 'no_listing'
        when m.billable then 'valid'
        when not m.billable then 'heading'
        when q.day < s.in_use_from or q.day > s.in_use_to then 'not_valid'
        when l.begins_by = 'left_censored' and q.day < l.begins then 'not_known'
        when l.code is null and length(q.code) = 2 and q.system in ({systems_with_modifiers})
            and q.day < coalesce(f.first_day, date '9999-12-31') then 'not_known'
        when d.code is not null then 'not_known'
        when q.day between s.known_from and s.known_through then 'not_valid'
        when q.day > s.known_through and q.day > l.ends then 'not_valid'
        when q.day < s.known_from
            and (l.begins_by in ('record', 'conversion_table') or q.day >= l.begins) then 'not_valid'
        else 'not_known'
    end as status
from claims as q
left join systems as s on s.system = q.system
left join code_meanings as m on m.system = q.system and m.code = q.code
    and q.day between m.valid_from and m.valid_through
left join lives as l on l.system = q.system and l.code = q.code
left join modifiers as f on f.system = q.system
left join in_doubt as d on d.system = q.system and d.code = q.code and d.day = q.day
