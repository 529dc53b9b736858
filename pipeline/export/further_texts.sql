-- Texts under which a code is looked for beside its title: one row per code and text. `number` is that of the row in
-- `codes`, from 0; `found_in` says what kind of text it is, `further` how much further it is from the code than a title.
-- A note that excludes a condition, or has another coded before or after, and names one code for it is a text of that code.
with numbered as (
    select row_number() over () - 1 as number, system, code, coalesce(description, short_description, '') as title
    from codes
),
notes_of_codes as (
    select system, text, kind, named_codes[1] as named from notes
    where len(named_codes) = 1 and restriction is null and not contains(named_codes[1], '-')
        and kind in ('excludes', 'excludes1', 'excludes2', 'code_first', 'use_additional_code', 'code_also')
),
other_titles as materialized (  -- nearly all episodes have the title of the code: the rest is small
    select distinct number, title, coalesce(h.description, h.short_description) as text
    from code_history h join numbered using (system, code) where text <> title
)
select number, 'inclusion term' as found_in, 0 as further, concat_ws(' ', lead_in, term) as text
from terms t join numbered c on c.system = t.system and c.code = t.place where t.level = 'code'
union all
select number, 'product', 1, drug_name from ndc_units join numbered using (system, code)
union all
select number, 'former title', 1, text from other_titles where lower(text) <> lower(title)
union all
select number, 'includes', 1, concat_ws(' ', lead_in, text)
from notes n join numbered c on c.system = n.system and c.code = n.place where n.level = 'code' and n.kind = 'includes'
union all
select number, 'note', 3, text from notes_of_codes n join numbered c on c.system = n.system and c.code = n.named
