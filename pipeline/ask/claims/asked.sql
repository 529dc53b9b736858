-- Every row of the keys with a number of its own, its text cleaned, and the scope that its field and flag make. How a
-- column was stored matters only of texts that are numbers.
select
    row_number() over (order by k.text, k.field, k.flag, k.numbers, k.first_day) as key,
    k.text, k.field, k.flag, k.numbers, k.first_day, k.last_day,
    coalesce(k.no_day, false) or k.first_day is null as has_dayless,
    if(w.is_empty, null, w.cleaned) as cleaned, w.plain, w.is_number, s.scope,
    if(k.numbers in ('bare', 'dotted') and w.is_number, k.numbers, null) as stored_as
from claims_keys as k
join claims_written as w on w.text is not distinct from k.text
left join claims_flags as f on f.written = upper(trim(k.flag))
left join claims_scopes as s on s.field = k.field and s.flag = coalesce(f.flag, '')
