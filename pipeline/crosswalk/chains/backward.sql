-- Codes that stood together are the choice lists of one scenario. A member of such a set that was itself such a set is
-- not taken apart again: it would be alternatives inside a choice list.
with recursive moves as (
    select system, later, earlier, day, kind, backward as bits, part, parts, earlier_from, later_from, false as is_told
    from steps
    union all
    select system, later, null, day, if(is_told, 'new', 'unknown'), 0, 1, 1, null, later_from, is_told
    from ends where later is not null
),
paths as (
    select system, later as source, earlier as target, day as first_day, day as last_day, earlier_from, bits,
        1 as hops, concat_ws(' ', later, kind || '@' || day, earlier) as path, is_told,
        if(parts > 1, later || day, null) as joined, if(parts > 1, part, 0) as choice_list
    from moves
    union all
    select p.system, p.source, m.earlier, p.first_day, m.day, m.earlier_from,
        p.bits | m.bits | if(p.bits & $broad > 0 and m.bits & $narrow > 0, $loose, 0), p.hops + 1,
        concat_ws(' ', p.path, m.kind || '@' || m.day, m.earlier), m.is_told,
        if(m.parts > 1, p.path, p.joined), if(m.parts > 1, m.part, p.choice_list)
    from paths p join moves m on m.system = p.system and m.later = p.target and m.day < p.last_day
        and p.earlier_from <= m.day and (m.parts = 1 or p.joined is null)
),
widest as (
    select system, source, target, joined, choice_list, bits, hops, path, target is null and is_told as no_map,
        first_day as valid_from, earlier_from as target_valid_from,
        last_day - 1 as target_valid_to
    from paths where target is distinct from source
    qualify row_number() over (
        partition by system, source, joined, choice_list, target order by first_day, last_day desc, bits & $loose, hops, path
    ) = 1
),
oldest as (select system, min(valid_from) as day from billable_episodes group by system)
select w.system, w.source, w.target,
    if(joined is null, 0, dense_rank() over (partition by w.system, source, joined is null order by joined))::int as scenario,
    choice_list, bits, hops, path, no_map, w.valid_from, s.valid_to,
    coalesce(target_valid_from, oldest.day) as target_valid_from, target_valid_to
from widest w join oldest using (system)
join billable_episodes s on s.system = w.system and s.code = w.source and s.valid_from <= w.valid_from
    and (s.valid_to is null or s.valid_to >= w.valid_from)
