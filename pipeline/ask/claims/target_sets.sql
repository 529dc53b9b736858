-- The alternatives of each code, one row each, and how many its scenario has in all; first those that hold on every
-- day: of a map between systems, of a grouping, whose categories stand together, and of a table of successors.
select
    c.system, c.code, k.cluster as alternative, list(k.target_code order by k.target_code) as codes,
    null::date as valid_from, null::date as valid_to, null::varchar as direction,
    any_value(k.scenario) as scenario, any_value(k.alternatives) as of_scenario
from target_codes as c
join build_clusters as k on k.crosswalk = c.crosswalk and k.source_code = c.code
where c.way = 'clusters'
group by c.system, c.code, k.cluster
union all
select
    c.system, c.code, 1, list(distinct m.target_code order by m.target_code), null, null, null, 0, 1
from target_codes as c
join build_mappings as m on m.crosswalk = c.crosswalk and m.source_code = c.code
where c.way = 'together' and m.target_code is not null
    and if($release is null, m.newest, coalesce($release between m.release_from and m.release_to, false))
group by c.system, c.code
union all
select c.system, c.code, row_number() over (partition by c.system, c.code order by m.target_code),
    [m.target_code], null, null, null, 0, count(*) over (partition by c.system, c.code)
from target_codes as c
join build_mappings as m on m.crosswalk = c.crosswalk and m.source_code = c.code
where c.way = 'alone' and m.target_code is not null
    and ($day::date is null or m.target_code in (
        select h.code from build_code_history as h
        where h.system = $target and $day::date between h.valid_from and coalesce(h.valid_to, date '9999-12-31')
    ))
union all
-- Of a map between systems on a day before its newest release: what its alternatives were then.
select
    system, code, row_number() over (partition by system, code order by codes) as alternative, codes,
    null, null, null, 0, count(*) over (partition by system, code)
from target_carried
union all
-- Then those of one year in another, each on the days of the source that it holds for.
select
    c.system, c.code,
    row_number() over (partition by c.system, c.code, m.crosswalk, m.valid_from order by m.target_code) as alternative,
    [m.target_code], m.valid_from, m.valid_to, if(m.crosswalk = c.backward, 'backward', 'forward'), 0,
    count(*) over (partition by c.system, c.code, m.crosswalk, m.valid_from)
from target_codes as c
join build_mappings as m on m.crosswalk in (c.crosswalk, c.backward) and m.source_code = c.code
where c.way = 'years' and m.target_code is not null
    and $day::date between m.target_valid_from and coalesce(m.target_valid_to, date '9999-12-31')
