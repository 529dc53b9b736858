-- Questions whose text looks like a code of one system, on days of which no list of it is here.
select q.question, s.system, h.used_from, h.known_from, h.known_through, h.used_through
from claims_questions as q
join claims_scope_systems as s on s.scope = q.scope and s.place = 'own'
join claims_horizons as h on h.system = s.system and h.of_modifiers = (s.code_length is not distinct from $modifier_length)
left join claims_places as p on p.system = s.system and p.letter = ''
left join claims_places as own on own.system = s.system and own.letter = q.cleaned[1]
where
    s.system = $system
    and q.question not in (select question from claims_alone)
    and regexp_matches(q.bare, $pattern)
    and (not q.has_dot or length(q.head) = coalesce(own.dot_after, p.dot_after))
    and (s.code_length is null or length(q.bare) = s.code_length)
