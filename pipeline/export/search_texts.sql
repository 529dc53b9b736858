-- One row per code and text under which it is looked for, the likeliest answers first: codes that are valid before those
-- that ended, short texts before long ones. `number` is that of the row in `codes`, from 0; `found_in` says what kind
-- of text it is. `words` has each word with hyphens as one word too, and the id of the system; `cost` is how far a text is
-- from the plainest one.
with numbered as (
    select row_number() over () - 1 as number, system, code, coalesce(description, short_description) as title,
        valid_to, level, kind
    from codes
),
texts as (
    select number, 'title' as found_in, 0 as further, title as text from numbered where title is not null
    union all
    select number, found_in, further, text from further_texts
),
distinct_texts as (
    select number, text, first(found_in order by further, found_in) as found_in, min(further) as further
    from (select *, lower(text) as same from texts)
    group by number, same, text
),
worded as (
    select *, replace(lower(text), '''', '') as words from distinct_texts qualify
        row_number() over (partition by number, lower(text) order by further, text) = 1
),
counted as (
    select *, len(list_filter(regexp_split_to_array(words, '[^a-z0-9]+'), lambda word: word <> ''
            and word not in ('of', 'the', 'and', 'or', 'in', 'with', 'without', 'to', 'unspecified', 'nos', 'site')))
        + further + case when words like 'other %' then 1 else 0 end as cost
    from worded
)
select number, found_in, least(cost + if(kind = 'modifier', 2, 0), 99)::utinyint as cost,
    concat_ws(' ', words, array_to_string(list_transform(
        regexp_extract_all(words, '[a-z]+(?:-[a-z]+)+'), lambda word: replace(word, '-', '')), ' '), lower(system)) as words
from counted join (select number, system, valid_to, level, kind from numbered) using (number)
order by valid_to is not null, cost, level, number, text
