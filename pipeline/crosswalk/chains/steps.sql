-- One row per pair of a code and one that took its place, or was carved out of it, on a day. A loose step is of whole
-- categories: it leads backwards only.
with pairs as (
    select system, code, previous, effective_from as day, form, part, parts from predecessors
    where previous is not null and change <> 'Revised'
),
billable as (
    select p.*, s.code as earlier from pairs p join billable_episodes s on s.system = p.system and s.code = p.previous
        and s.valid_from < p.day and (s.valid_to is null or s.valid_to >= p.day - 1)
),
headings as (  -- a code that was a heading on the day before stands for the codes that were billable below it
    select p.*, s.code as earlier
    from (from pairs where form = 'code') p anti join billable using (system, code, day, previous)
    join forms f on f.system = p.system
    join billable_episodes s on s.system = p.system and s.code[:2] = p.previous[:2]
        and s.code > p.previous and s.code <= p.previous || '~'
        and s.valid_from < p.day and (s.valid_to is null or s.valid_to >= p.day - 1)
        and (f.encounter_at is null or len(s.code) < f.encounter_at or len(p.code) < f.encounter_at
            or s.code[f.encounter_at] = p.code[f.encounter_at])
),
published as (
    select distinct system, code as later, earlier, day, 'conversion' as kind, part, parts,
        form = 'category' as is_loose
    from (from billable union all from headings)
),
turned as (  -- a code that was subdivided, or whose placeholder before the encounter became a character
    select e.system, l.code as later, e.code as earlier, l.valid_from as day, 'hierarchy' as kind, 1 as part,
        1 as parts, false as is_loose
    from billable_episodes e join billable_episodes l
        on l.system = e.system and l.valid_from = e.valid_to + 1 and l.code[:3] = e.code[:3]
    join forms f on f.system = e.system
    where f.is_subdivided and (starts_with(l.code, e.code)
        or (e.code[encounter_at - 1] = f.placeholder and l.code[encounter_at - 1] <> f.placeholder
            and l.code[:encounter_at - 2] = e.code[:encounter_at - 2] and l.code[encounter_at:] = e.code[encounter_at:]))
),
added as (
    from turned t where (t.system, t.earlier, t.day) not in (select (system, earlier, day) from published)
        or (t.system, t.later, t.day) not in (select (system, code, effective_from) from predecessors)
),
placed as (
    select s.*, before.valid_from as earlier_from, after.valid_from as later_from,
        before.valid_to is null or before.valid_to >= s.day as stays, after.valid_from < s.day as was_there
    from (from published union all from added) s
    join billable_episodes before on before.system = s.system and before.code = s.earlier and before.valid_from < s.day
        and (before.valid_to is null or before.valid_to >= s.day - 1)
    join billable_episodes after on after.system = s.system and after.code = s.later and after.valid_from <= s.day
        and (after.valid_to is null or after.valid_to >= s.day)
),
counted as (  -- what subdivides a code is narrower; else a new code of several, or several of one, tell the direction
    select *, is_loose or parts > 1 as is_part,
        kind = 'hierarchy' or count(distinct later) filter (not is_loose and parts = 1)
            over (partition by system, earlier, day) + stays::int > 1 as is_split,
        kind <> 'hierarchy' and count(distinct earlier) filter (not is_loose and parts = 1)
            over (partition by system, later, day) + was_there::int > 1 as is_merged
    from placed
)
select system, earlier, later, day, kind, part, parts, is_loose, earlier_from, later_from,
    $close | case when is_part then $part | if(is_loose, $loose, 0)
        else if(is_split, $narrow, 0) | if(is_merged, $broad, 0) end as forward,
    $close | case when is_part then $part | if(is_loose, $loose, 0)
        else if(is_split, $broad, 0) | if(is_merged, $narrow, 0) end as backward
from counted order by system, day, earlier, later, part
