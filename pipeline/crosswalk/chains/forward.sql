-- Where several paths lead from one code to another, the one that holds on more days is kept. (In the agencies' files
-- there is always one that holds on all the days of the others.)
with recursive moves as (
    select system, earlier, later, day, kind, forward as bits, earlier_from, false as is_told
    from steps where not is_loose
    union all
    select system, earlier, null, day, 'ended', 0, earlier_from, is_told from ends where earlier is not null
),
paths as (
    select system, earlier as source, later as target, earlier_from, day as first_day, day as last_day, bits,
        1 as hops, concat_ws(' ', earlier, kind || '@' || day, later) as path, is_told
    from moves
    union all
    select p.system, p.source, m.later, p.earlier_from, p.first_day, m.day,
        p.bits | m.bits | if(p.bits & $broad > 0 and m.bits & $narrow > 0, $loose, 0), p.hops + 1,
        concat_ws(' ', p.path, m.kind || '@' || m.day, m.later), m.is_told
    from paths p join moves m on m.system = p.system and m.earlier = p.target and m.day > p.last_day
        and m.earlier_from <= p.last_day
),
widest as (
    select system, source, target, 0 as scenario, 0 as choice_list, bits, hops, path, target is null and is_told as no_map,
        earlier_from as valid_from, first_day - 1 as valid_to, last_day as target_valid_from
    from paths where target is distinct from source
    qualify row_number() over (partition by system, source, target order by first_day desc, last_day, bits & $loose, hops, path) = 1
)
select w.*, s.valid_to as target_valid_to
from widest w left join billable_episodes s on s.system = w.system and s.code = w.target
    and s.valid_from <= w.target_valid_from and (s.valid_to is null or s.valid_to >= w.target_valid_from)
