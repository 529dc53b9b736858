-- Names under which a code is looked for beside its title: inclusion terms (t) and, of drugs, the products billed by it
-- (p). `number` is that of the code among those of its system, from 0.
with numbered as (select system, code, row_number() over (partition by system order by code) - 1 as number from codes),
names as (
    select system, place as code, 't' as found_in, concat_ws(' ', lead_in, term) as text from terms where level = 'code'
    union
    select system, code, 'p', drug_name from ndc_units
)
select system, number::varchar as number, min(found_in) as found_in, min(text) as text
from names join numbered using (system, code)
where text is not null group by system, numbered.number, lower(text) order by system, numbered.number, found_in, text
