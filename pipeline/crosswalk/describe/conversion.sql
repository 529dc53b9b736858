-- One row per pair of a code and one before it, with the relation of the two where a step knows it.
with related as (
    select p.*, s.backward from predecessors p left join steps s on s.system = p.system and s.later = p.code
        and s.earlier = p.previous and s.day = p.effective_from and s.part = p.part and s.kind = 'conversion'
    where p.system = $system and p.code is not null
)
select code as source_code, previous as target_code, (parts > 1)::int as scenario, if(parts > 1, part, 0) as choice_list,
    form = 'none' as no_map, form <> 'none' as approximate, parts > 1 as combination,
    case when form = 'none' then 0 when parts > 1 then $close | $part | if(form = 'category', $loose, 0) else coalesce(backward, $close | $broad) end as bits,
    if(form = 'code' and parts = 1, change, printed) as flags, file as source_file
from related
qualify row_number() over (partition by code, previous, parts > 1, part order by effective_from, change, line) = 1
