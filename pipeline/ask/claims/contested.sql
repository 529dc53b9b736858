-- Answers to questions with several readings, inferred ones, or none: a row for each run of days that begins where
-- anything changes for any of its readings.
with contested as (
    select * from claims_asks where question not in (select question from claims_alone)
),

changes as (
    select question, s.day_from as day
    from claims_readings as r
    join claims_code_spans as s on s.code_id = r.code_id and not s.is_dayless
    where question not in (select question from claims_alone)
    union
    select question, unnest([used_from, known_from, known_through + 1, if(used_through < 'infinity'::date, used_through + 1, null)]) from claims_fitting
),

starts as (
    select key, question, scope, plain, is_dayless, first_day as day_from, last_day from contested
    union
    select k.key, k.question, k.scope, k.plain, k.is_dayless, c.day, k.last_day
    from contested as k
    join changes as c on c.question = k.question and c.day > k.first_day and c.day <= k.last_day
),

runs as (
    select
        * exclude (last_day),
        coalesce(lead(day_from) over (partition by key, is_dayless order by day_from) - 1, last_day) as day_to
    from starts
),

-- What is inferred is believed only where it leads to a code that was listed on the day; a flag is overruled by a day.
believed as (
    select
        u.key, u.is_dayless, u.day_from, r.repairs, s.class, s.status, m.system, m.code, m.by_form,
        min(s.class) over run as best_class,
        min(m.system) over run <> max(m.system) over run as of_several
    from runs as u
    join claims_readings as r using (question)
    join claims_code_spans as s
        on s.code_id = r.code_id and s.is_dayless = u.is_dayless
        and (u.is_dayless or u.day_from between s.day_from and s.day_to)
    join claims_meant as m on m.code_id = r.code_id
    where if(u.is_dayless, r.repairs & $flag_overruled = 0, s.class <= 2 or r.repairs & $inferred = 0)
    window run as (partition by u.key, u.is_dayless, u.day_from)
),

-- The best class wins where it holds one code. Without a day nothing tells systems apart.
chosen as (
    select
        key, is_dayless, day_from,
        count(*) = 1 as is_one,
        any_value(status) as status,
        any_value(system) as system,
        any_value(code) as code,
        any_value(repairs) as repairs,
        any_value(by_form) as by_form,
        any_value(of_several) as of_several,
        string_agg(system::varchar || ':' || code, ' ' order by system::varchar, code) as candidates
    from believed
    where class = best_class or (is_dayless and of_several)
    group by key, is_dayless, day_from
),

-- Where nothing is read: a form tells of a system whose list of these days is not here, where it tells of one only.
unlisted as (
    select
        u.key, u.day_from,
        any_value(f.system) as system,
        any_value(if(u.day_from > f.known_through, 'not_known_yet', 'not_known_then')) as status
    from runs as u
    join claims_fitting as f using (question)
    where
        u.day_from between f.used_from and f.used_through
        and u.day_from not between f.known_from and f.known_through
    group by u.key, u.day_from
    having count(*) = 1
),

answered as (
    select
        u.key, u.is_dayless, u.day_from, u.day_to,
        case
            when c.is_one then c.status::varchar
            when not c.is_one then 'ambiguous'
            when f.system is not null then 'not_in_build'
            else coalesce(n.status, 'unknown')
        end as status,
        case
            when c.is_one then c.system::varchar
            when c.is_one is null then coalesce(f.system, n.system::varchar)
        end as system,
        case when c.is_one then c.code when c.is_one is null then f.code end as code,
        u.plain + if(c.is_one, c.repairs, 0) as repairs,
        case
            when c.is_one and s.basis is not null and c.repairs & $elsewhere = 0 then s.basis
            when c.is_one and c.of_several then 'day'
            when c.is_one and not c.by_form then 'code'
            when c.is_one or (c.is_one is null and coalesce(f.system, n.system::varchar) is not null) then 'format'
        end as basis,
        if(c.is_one, null, c.candidates) as candidates
    from runs as u
    join claims_scopes as s using (scope)
    left join chosen as c
        on c.key = u.key and c.is_dayless = u.is_dayless and c.day_from is not distinct from u.day_from
    left join claims_formed_elsewhere as f on f.question = u.question
    left join unlisted as n on n.key = u.key and n.day_from = u.day_from
),

marked as (
    select
        *,
        lag(row(status, system, code, repairs, basis, candidates)) over keys
        is distinct from row(status, system, code, repairs, basis, candidates) as is_first,
        max(day_to) over (partition by key, is_dayless) as last_day
    from answered
    window keys as (partition by key, is_dayless order by day_from)
)

select
    key, is_dayless, day_from,
    coalesce(lead(day_from) over (partition by key, is_dayless order by day_from) - 1, last_day) as day_to,
    status::claims_status as status, system::claims_system as system, code, repairs, basis::claims_basis as basis,
    candidates
from marked
where is_first
