-- The answers as they are where nothing is repaired: a text that needs even a plain repair is none of a code.
select * exclude (status, system, code, repairs, basis, candidates),
    if(repairs is null, status::varchar, 'unknown') as status,
    if(repairs is null, system::varchar, null) as system,
    if(repairs is null, code::varchar, null) as code,
    null::varchar as repairs,
    if(repairs is null, basis::varchar, null) as basis,
    if(repairs is null, candidates::varchar, null) as candidates
from answers
