-- The answers as they are where only some repairs are allowed: a text that needs another is none of a code.
select
    * exclude (status, system, code, repairs, basis, candidates),
    if(is_as_allowed, status::varchar, 'unknown') as status,
    if(is_as_allowed, system::varchar, null) as system,
    if(is_as_allowed, code::varchar, null) as code,
    if(is_as_allowed, repairs::varchar, null) as repairs,
    if(is_as_allowed, basis::varchar, null) as basis,
    if(is_as_allowed, candidates::varchar, null) as candidates
from (
    select
        *,
        len(list_filter(
            string_split(coalesce(repairs::varchar, ''), ' '), lambda each: each <> '' and not list_contains($plain, each)
        )) = 0
        -- Where several codes may be meant, they are as written where one of them is what is written.
        and (status::varchar <> 'ambiguous' or len(list_filter(
            string_split(candidates::varchar, ' '),
            lambda each: split_part(each, ':', 2) = regexp_replace(upper(text), '[^0-9A-Z]', '', 'g')
        )) > 0) as is_as_allowed
    from answers
)
