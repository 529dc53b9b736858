-- What is asked of the systems: one row per cleaned text, scope, and how its column was stored where it is a number.
-- `head` and `tail` are what stands before and behind the first dot.
select
    row_number() over () as question,
    *,
    replace(cleaned, '.', '') as bare,
    contains(cleaned, '.') as has_dot,
    split_part(cleaned, '.', 1) as head,
    cleaned[length(head) + 2:] as tail,
    regexp_full_match(cleaned, '[0-9]+\.0+') as is_float
from (select distinct cleaned, scope, stored_as, is_number from claims_asked where cleaned is not null)
