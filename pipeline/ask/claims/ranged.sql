-- Codes of a range that begins with zeros, of which a number has lost them: 100 is 00100.
select
    q.question, q.stored_as, r.system::claims_system as system,
    if(q.head::integer between r.first and r.last, lpad(q.head, r.length, '0'), q.head) as code,
    if(q.has_dot, $float_tail, 0) + if(code <> q.head, $leading_zero, 0) as repairs
from claims_questions as q
join claims_scope_systems as s on s.scope = q.scope and s.place = 'own'
join claims_number_ranges as r on r.system = s.system and r.length = s.code_length
where
    regexp_full_match(q.cleaned, '[0-9]{3,5}(\.0+)?') and length(code) = r.length
    and (q.stored_as = 'bare' or q.is_float or length(q.head) < r.length)
