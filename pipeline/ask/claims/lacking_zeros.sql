-- Candidates of a look-up alone: codes with letters that lack zeros in front, which no spreadsheet takes away.
select
    q.question, s.system, repeat('0', zeros.n) || q.bare as code,
    if(q.has_dot, repeat('0', zeros.n) || q.cleaned, null) as code_dotted, true as must_be_billable,
    false as may_be_formed, $leading_zero as repairs
from claims_questions as q
join claims_scope_systems as s using (scope)
cross join (values (1), (2)) as zeros (n)
where regexp_matches(q.cleaned, '^[0-9]') and not q.is_number
