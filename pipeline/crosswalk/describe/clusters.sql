-- Lists are taken up one after the other. Where a scenario has more alternatives than MOST_ALTERNATIVES, they are counted but not
-- spelt out: as many are as the longest list has options, so that every option is in one.
with recursive options as (
    select source_code, scenario, target_code, dense_rank() over (of_scenario order by choice_list) as list,
        row_number() over (partition by source_code, scenario, choice_list order by target_code) as option,
        count(*) over (partition by source_code, scenario, choice_list) as length
    from (select distinct source_code, scenario, choice_list, target_code from rows
        where target_code is not null and scenario > 0)
    window of_scenario as (partition by source_code, scenario)
),
scenarios as (
    select source_code, scenario, count(*) as lists, max(length) as longest, product(length)::bigint as alternatives
    from (select distinct source_code, scenario, list, length from options) group by all
),
spelt as (
    select source_code, scenario, 1::bigint as list, [target_code] as members
    from options join scenarios using (source_code, scenario) where list = 1 and alternatives <= $largest
    union all
    select s.source_code, s.scenario, o.list, list_append(s.members, o.target_code)
    from spelt s join options o on o.source_code = s.source_code and o.scenario = s.scenario and o.list = s.list + 1
),
sampled as (
    select s.source_code, s.scenario, list(o.target_code order by o.list) as members
    from scenarios s, generate_series(1, s.longest) turn(number), options o
    where s.alternatives > $largest and o.source_code = s.source_code and o.scenario = s.scenario
        and o.option = (number - 1) % o.length + 1
    group by s.source_code, s.scenario, number
),
sets as (
    select source_code, scenario, list_sort(list_distinct(members)) as members, alternatives
    from (select source_code, scenario, list, members from spelt
        union all select source_code, scenario, null, members from sampled)
    join scenarios using (source_code, scenario) where list is null or list = lists
),
numbered as (
    select source_code, scenario, members, alternatives::int as alternatives,
        row_number() over (partition by source_code order by scenario, members)::int as cluster
    from (select distinct source_code, scenario, members, alternatives from sets)
)
select source_code, cluster, unnest(members) as target_code, scenario, len(members)::int as size, alternatives
from numbered
order by source_code, cluster, target_code
