-- What every code was on every day: one row per code and run of days, without gap or overlap, from the first day that
-- there is to the last. `class` is 1 billable, 2 a heading, 3 not listed, 4 its system was not in use.
with systems as (
    select
        system::claims_system as system,
        coalesce(in_use_from, '-infinity'::date) as used_from,
        coalesce(in_use_to, 'infinity'::date) as used_through,
        greatest(coalesce(known_from, '-infinity'::date), used_from) as known_from,
        least(coalesce(known_through, 'infinity'::date), used_through) as known_through
    from build_systems
),

-- Episodes of the days on which the system was in use.
episodes as (
    select
        m.code_id, m.system, s.known_from, h.billable, h.valid_from_basis, h.valid_from_earliest,
        greatest(h.valid_from, s.used_from) as day_from,
        least(coalesce(h.valid_to, 'infinity'::date), s.used_through) as day_to,
        least(coalesce(h.valid_to_earliest, 'infinity'::date), day_to) as sure_to
    from claims_meant as m
    join build_code_history as h on h.system = m.system::varchar and h.code = m.code
    join systems as s on s.system = m.system
    where h.valid_from <= s.used_through and coalesce(h.valid_to, 'infinity'::date) >= s.used_from
),

marked as (
    select
        *,
        lag(day_to) over codes as ended_before,
        lag(sure_to) over codes as sure_before,
        max(day_to) over (partition by code_id) as last_day,
        arg_max(sure_to, day_to) over (partition by code_id) as last_sure_day,
        ended_before is distinct from day_from - 1 or lag(billable) over codes <> billable as is_first
    from episodes
    window codes as (partition by code_id order by day_from)
),

-- Episodes in a row that differ in wording only are one run.
runs as (
    select
        *,
        if(billable, 1, 2) as class,
        coalesce(ended_before + 1, '-infinity'::date) as gap_from,
        ended_before is null and valid_from_basis = 'left_censored' as is_older,
        coalesce(lead(ended_before) over (partition by code_id order by day_from), last_day) as day_to_of_run,
        coalesce(lead(sure_before) over (partition by code_id order by day_from), last_sure_day) as sure_to_of_run
    from marked
    where is_first
),

-- What lies before a run is a gap, and `open` from the day on from which nobody knows whether the code was listed:
-- before the oldest list of codes like it, and between two lists of which the later one has it. Before what is known
-- of the system that is so of every gap. The end of a run is open too where only the earlier of two lists has the code.
opened as (
    select
        *,
        case
            when is_older or valid_from_earliest <= known_from then gap_from
            when valid_from_earliest is null then day_from
            else greatest(valid_from_earliest, gap_from)
        end as open_from
    from runs
),

pieces as (
    select code_id, system, 'told' as kind, class, day_from, sure_to_of_run as day_to from opened
    where day_from <= sure_to_of_run
    union all
    select code_id, system, 'open', 3, greatest(day_from, sure_to_of_run + 1), day_to_of_run from opened
    where sure_to_of_run < day_to_of_run
    union all
    select code_id, system, 'open', if(is_older, class, 3), open_from, day_from - 1 from opened
    where open_from < day_from
    union all
    select code_id, system, 'gap', 3, gap_from, open_from - 1 from opened
    where gap_from < open_from
    union all
    select code_id, system, 'gap', 3, last_day + 1, 'infinity'::date from (
        select distinct code_id, system, last_day from runs where last_day < 'infinity'::date
    )
    union all
    select code_id, system, 'gap', 3, '-infinity'::date, 'infinity'::date from claims_meant
    where not by_form and code_id not in (select code_id from runs)
),

-- What is said of a piece on some days; null where its class says it.
zones as (
    select system, kind, 'system_not_in_use' as status, '-infinity'::date as day_from, used_from - 1 as day_to
    from systems, (values ('told'), ('open'), ('gap')) as kinds (kind)
    where used_from > '-infinity'::date
    union all
    select system, kind, 'system_not_in_use', used_through + 1, 'infinity'::date
    from systems, (values ('told'), ('open'), ('gap')) as kinds (kind)
    where used_through < 'infinity'::date
    union all
    select system, kind, 'not_known_yet', known_through + 1, used_through
    from systems, (values ('told'), ('open'), ('gap')) as kinds (kind)
    where known_through < used_through
    union all
    select system, 'told', null, used_from, known_through from systems
    union all
    select system, 'open', 'not_known_then', used_from, known_through from systems
    union all
    select system, 'gap', 'not_known_then', used_from, known_from - 1 from systems where known_from > used_from
    union all
    select system, 'gap', 'not_valid_on_day', known_from, known_through from systems
)

select
    p.code_id,
    false as is_dayless,
    greatest(p.day_from, z.day_from) as day_from,
    least(p.day_to, z.day_to) as day_to,
    if(z.status = 'system_not_in_use', 4, p.class)::utinyint as class,
    coalesce(z.status, if(p.class = 1, 'valid', 'heading'))::claims_status as status
from pieces as p
join zones as z on z.system = p.system and z.kind = p.kind and z.day_from <= p.day_to and z.day_to >= p.day_from
union all
select code_id, false, '-infinity'::date, 'infinity'::date, 1, 'not_in_build' from claims_meant where by_form
union all
select code_id, true, null, null, if(ever_billable, 1, 2), if(by_form, 'not_in_build', 'no_day') from claims_meant
