-- Codes that are written like this, bare or with their dot in its place, in the systems of the scope.
select q.question, l.code_id, 0 as repairs
from claims_questions as q
join claims_listed as l on l.code = q.bare and (not q.has_dot or l.code_dotted = q.cleaned)
join claims_scope_systems as s on s.scope = q.scope and s.system = l.system and s.place = 'own'
where
    (s.code_length is null or length(l.code) = s.code_length)
    and q.question not in (select question from claims_readings)
