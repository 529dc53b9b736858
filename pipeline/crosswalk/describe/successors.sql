-- One row per ended code and one that its record names in its place, with the relation of the two where a step knows it,
-- and the days of the successor: of a number that was used again those of its first life that reaches beyond the end.
with named as (
    select p.*, s.forward from predecessors p left join steps s on s.system = p.system and s.later = p.code
        and s.earlier = p.previous and s.day = p.effective_from and s.kind = 'conversion'
    where p.system = $system and p.change = 'Replaced'
    qualify row_number() over (partition by p.previous, p.code order by p.effective_from desc, p.line) = 1
),
lives as (
    select code, valid_from, valid_to, coalesce(valid_to, date '9999-12-31') as through
    from billable_episodes where system = $system
)
select previous as source_code, named.code as target_code, 0 as scenario, 0 as choice_list, false as no_map, true as approximate,
    false as combination, coalesce(forward, $bits) as bits, change as flags, file as source_file,
    lives.valid_from as target_valid_from, lives.valid_to as target_valid_to
from named asof left join lives on lives.code = named.code and named.effective_from <= lives.through
