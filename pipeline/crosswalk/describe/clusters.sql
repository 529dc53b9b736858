-- Codes are numbers, in their order. Lists are taken up one after the other. Where a scenario has more alternatives than
-- MOST_ALTERNATIVES, they are counted but not spelt out: as many are as the longest list has options, so that every option
-- is in one.
with recursive options as (
    select source, scenario, target, dense_rank() over (of_scenario order by choice_list) as list,
        row_number() over (partition by source, scenario, choice_list order by target) as option,
        count(*) over (partition by source, scenario, choice_list) as length
    from (select distinct source, scenario, choice_list, target from rows)
    window of_scenario as (partition by source, scenario)
),
scenarios as (
    select source, scenario, count(*) as lists, max(length) as longest, product(length)::bigint as alternatives
    from (select distinct source, scenario, list, length from options) group by all
),
spelt as (
    select source, scenario, 1::bigint as list, [target] as members
    from options join scenarios using (source, scenario) where list = 1 and alternatives <= $largest
    union all
    select s.source, s.scenario, o.list, list_append(s.members, o.target)
    from spelt s join options o on o.source = s.source and o.scenario = s.scenario and o.list = s.list + 1
),
sampled as (
    select s.source, s.scenario, list(o.target order by o.list) as members
    from scenarios s, generate_series(1, s.longest) turn(number), options o
    where s.alternatives > $largest and o.source = s.source and o.scenario = s.scenario
        and o.option = (number - 1) % o.length + 1
    group by s.source, s.scenario, number
),
sets as (
    select source, scenario, list_sort(list_distinct(members)) as members, alternatives
    from (select source, scenario, list, members from spelt
        union all select source, scenario, null, members from sampled)
    join scenarios using (source, scenario) where list is null or list = lists
),
numbered as (
    select source, scenario, members, alternatives::int as alternatives,
        row_number() over (partition by source order by scenario, members)::int as cluster
    from (select distinct source, scenario, members, alternatives from sets)
)
select source, cluster, unnest(members) as target, scenario, len(members)::int as size, alternatives
from numbered
order by source, cluster, target
