-- The days of which the build can speak, of each system with a listing; a code that may be one by its form alone is read
-- as it is, on any day.
select
    system, known_from, known_through,
    coalesce(in_use_from, '-infinity'::date) as used_from,
    coalesce(in_use_to, 'infinity'::date) as used_through
from build_systems
where known_through is not null and system not in (select unnest($by_form))
