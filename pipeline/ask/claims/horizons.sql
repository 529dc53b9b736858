-- The days of which the build can speak, of each system with a listing, and of its modifiers where it has any: BETOS
-- lists codes without modifiers, which are known from the first list that has some. What may be a code by its form alone
-- is read as it is, on any day.
with systems as (
    select
        system, kinds, known_from, known_through,
        coalesce(in_use_from, '-infinity'::date) as used_from,
        coalesce(in_use_to, 'infinity'::date) as used_through
    from build_systems
    where known_through is not null and system not in (select unnest($by_form))
),

lists_of_modifiers as (
    select r.system, min(r.effective_from) as first_day
    from build_releases as r
    semi join build_code_history as h on h.system = r.system and h.release = r.release and h.kind = 'modifier'
    group by r.system
)

select system, false as of_modifiers, used_from, known_from, known_through, used_through from systems
union all
select s.system, true, s.used_from, coalesce(l.first_day, s.known_through + 1), s.known_through, s.used_through
from systems as s
left join lists_of_modifiers as l using (system)
where list_contains(s.kinds, 'modifier')
