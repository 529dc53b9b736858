-- Entries that are numbers and codes with one or two zeros in front, each with what it would be then. Whether zeros were
-- lost only the whole list tells: `neighbours` is the share of a category that the concept has, read with the zeros, and
-- `neighbours_as_written` that of the category of the number as it is written.
with numbers as (
    select unnest($entry) as entry, unnest($concept) as concept, unnest($system) as system, unnest($code) as code
), listed as materialized (
    select c.system, c.code, c.code_dotted, zeros, left(c.code, coalesce(s.dot_after, 3)) as category,
        substr(c.code, length(zeros) + 1) as written
    from codes c join systems s using (system), (values (''), ('0'), ('00')) as lost(zeros)
    where c.system in (select system from numbers) and starts_with(c.code, zeros)
), sizes as (
    select system, zeros, category, count(*) as size from listed group by all
), shares as materialized (
    select n.concept, l.system, l.zeros, l.category, count(distinct l.code) / any_value(sizes.size) as share
    from numbers n join listed l on l.system = n.system and l.written = n.code
    join sizes on sizes.system = l.system and sizes.zeros = l.zeros and sizes.category = l.category
    group by all
)
select n.entry, l.code_dotted as meant, own.code is not null as is_listed,
    theirs.share as neighbours, coalesce(mine.share, 0) as neighbours_as_written
from numbers n join listed l on l.system = n.system and l.written = n.code and l.zeros != ''
left join listed own on own.system = n.system and own.code = n.code and own.zeros = ''
left join shares theirs on theirs.concept = n.concept and theirs.system = n.system and theirs.zeros = l.zeros
    and theirs.category = l.category
left join shares mine on mine.concept = n.concept and mine.system = n.system and mine.zeros = ''
    and mine.category = own.category
order by n.entry, l.code
