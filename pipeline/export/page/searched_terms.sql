-- Texts under which a code is looked for beside its title, each once: number of the code's row, from 0, the kind of
-- text, and how much further it is from the code than a title.
with numbered as (
    select row_number() over () - 1 as number, coalesce(description, short_description) as title from codes
)
select number, first(found_in order by further, found_in) as found_in, min(further) as further, min(text) as text
from further_texts join numbered using (number)
where lower(text) is distinct from lower(title) group by number, lower(text) order by number, further, found_in, text
