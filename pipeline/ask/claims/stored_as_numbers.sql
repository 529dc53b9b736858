-- Every code that a number may be which lost its zeros: in front where the column was stored as whole numbers, behind
-- too where it was stored with its dots.
with numbers as (
    select q.*, p.*, rtrim(q.tail, '0') as significant
    from claims_questions as q
    join claims_scope_systems as s on s.scope = q.scope and s.place = 'own'
    join claims_places as p on p.system = s.system and p.of_numbers and p.letter = ''
    where q.stored_as is not null
),

whole as (
    select question, system, head, tail, unnest(range(length(head), longest + 1))::integer as size
    from numbers
    where stored_as = 'bare' and significant = ''
),

dotted as (
    select
        question, system, lpad(head, dot_after, '0') as filled, significant, head, tail,
        unnest(range(0, longest - dot_after - length(significant) + 1))::integer as zeros
    from numbers
    where stored_as = 'dotted' and length(head) <= dot_after
)

select
    question, system, lpad(head, size, '0') as code, null as code_dotted, false as must_be_billable,
    false as may_be_formed, if(tail <> '', $float_tail, 0) + if(size > length(head), $leading_zero, 0) as repairs
from whole
union all
select
    question, system, filled || significant || repeat('0', zeros), null, false, false,
    if(filled <> head, $leading_zero, 0) + if(length(significant) + zeros > length(tail), $trailing_zero, 0)
from dotted
union all
select question, system, code, null, false, true, repairs from claims_ranged where stored_as = 'bare'
