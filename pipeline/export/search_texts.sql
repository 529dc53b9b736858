-- One row per code and text under which it is looked for, by level, code and text. `number` is that of the row in
-- `codes`, from 0; `found_in` says what kind of text it is, `has_ended` whether the code has. `words` are the text in
-- small letters, `more` what it is found by beside them: each word with hyphens as one word too, and the id of the system.
-- `further` is how much further a text is from the plainest one than its number of words says.
with numbered as (
    select row_number() over () - 1 as number, system, coalesce(description, short_description) as title,
        valid_to is not null as has_ended, level, kind
    from codes
),
texts as (
    select number, 'title' as found_in, 0 as further, title as text from numbered where title is not null
    union all
    select number, found_in, further, text from further_texts
),
distinct_texts as (
    select *, replace(same, '''', '') as words from (select *, lower(text) as same from texts)
    qualify row_number() over (partition by number, same order by further, text, found_in) = 1
)
select number, found_in, has_ended, words,
    further + if(words like 'other %', 1, 0) + if(kind = 'modifier', 2, 0) as further,
    concat_ws(' ', if(contains(words, '-'), array_to_string(list_transform(
        regexp_extract_all(words, '[a-z]+(?:-[a-z]+)+'), lambda word: replace(word, '-', '')), ' '), null),
        lower(system)) as more
from distinct_texts join numbered using (number)
order by level, number, text
