-- Of each answer what its code is there, and what the crosswalk says of a code that it leads nowhere.
with asked as (
    select
        a.answer, a.system::varchar as system, nullif(a.code::varchar, '') as code, w.way, w.crosswalk, w.backward,
        coalesce(a.day_from, $day::date) as day_from, coalesce(a.day_to, $day::date) as day_to,
        if(w.way = 'years', if(coalesce(a.day_from, $day::date) <= $day::date, 'forward', 'backward'), null) as direction
    from judged_answers as a left join target_ways as w on w.system = a.system::varchar
),

gathered as (
    select
        q.answer, list(s.codes order by s.alternative) as sets,
        sum(s.of_scenario) filter (where s.is_first)::bigint as alternatives
    from asked as q
    join (
        select *, row_number() over (
            partition by system, code, direction, valid_from, scenario order by alternative
        ) = 1 as is_first
        from target_sets
    ) as s on s.system = q.system and s.code = q.code and s.direction is not distinct from q.direction
        and (s.direction is null
            or (s.valid_from <= q.day_to and q.day_from <= coalesce(s.valid_to, date '9999-12-31')))
    group by q.answer
),

spoken as (
    select
        c.system, c.code, m.crosswalk, bool_or(m.target_code is not null) as leads,
        bool_or(m.status = 'no_map') as no_map, bool_or(m.status = 'not_bridged') as not_bridged
    from target_codes as c
    join build_mappings as m on m.crosswalk in (c.crosswalk, c.backward) and m.source_code = c.code
        and if($release is null, m.newest, coalesce($release between m.release_from and m.release_to, false))
    group by c.system, c.code, m.crosswalk
),

listed as (
    select distinct c.system, c.code
    from target_codes as c
    join build_code_history as h on h.system = c.system and h.code = c.code
    where c.way in ('years', 'alone') and c.system = $target and $day::date between h.valid_from and coalesce(h.valid_to, date '9999-12-31')
)

select
    q.answer,
    case
        when q.code is null then 'no_code'
        when q.way = 'itself' then 'itself'
        when q.way is null or q.way = 'no_crosswalk' then 'no_crosswalk'
        when q.way = 'years' and (g.sets = [[q.code]] or (g.sets is null and k.system is not null)) then 'itself'
        when q.way = 'alone' and k.system is not null then 'itself'
        when g.sets is not null or (p.leads and $day::date is null) then 'translated'
        when p.no_map then 'no_map'
        when p.not_bridged or p.leads or q.way = 'years' then 'not_bridged'
        else 'not_in_crosswalk'
    end as target_status,
    if(q.way in ('itself', 'no_crosswalk'), null, if(q.direction = 'backward', q.backward, q.crosswalk))
        as target_crosswalk,
    case when target_status = 'itself' then 1 when target_status = 'translated' then coalesce(g.alternatives, 0) end
        as alternatives,
    case
        when target_status = 'itself' then [[q.code]]
        when target_status = 'translated' then coalesce(g.sets, [])
    end as sets
from asked as q
left join gathered as g on g.answer = q.answer
left join spoken as p on p.system = q.system and p.code = q.code
    and p.crosswalk = if(q.direction = 'backward', q.backward, q.crosswalk)
left join listed as k on k.system = q.system and k.code = q.code
