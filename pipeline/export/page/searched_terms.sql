-- Names under which a code is looked for beside its title: inclusion terms (t) and, of drugs, the products billed by it
-- (p). `number` is that of the code's row, from 0.
with numbered as (select system, code, row_number() over (order by system, code) - 1 as number from codes),
names as (
    select system, place as code, 't' as found_in, concat_ws(' ', lead_in, term) as text from terms where level = 'code'
    union
    select system, code, 'p', drug_name from ndc_units
)
select number, min(found_in) as found_in, min(text) as text
from names join numbered using (system, code)
where text is not null group by number, lower(text) order by number, found_in, text
