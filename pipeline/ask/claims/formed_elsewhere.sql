-- Texts that are codes by their form of a system that stands beside one of the scope, and of which nothing is here.
select q.question, $system as system, q.cleaned as code
from claims_questions as q
join claims_scope_systems as s on s.scope = q.scope and s.place = 'own'
where s.system = $beside and s.code_length = length(q.cleaned) and regexp_full_match(q.cleaned, $pattern)
    and q.question not in (select question from claims_alone)
