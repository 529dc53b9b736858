-- A row for each code of each alternative of each answer.
select
    s.answer, s.alternative::integer as alternative, $target as target_system, unnest(s.codes) as target_code,
    len(s.codes)::integer as stand_together
from (
    select answer, unnest(sets) as codes, generate_subscripts(sets, 1) as alternative from answer_targets
) as s
order by s.answer, s.alternative, target_code
