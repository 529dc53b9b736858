-- What was written, without what says nothing: one row per text. `hyphenated` is in capitals, without quotes, blanks and
-- punctuation behind; `cleaned` without hyphens and slashes inside too, and with a dot for a comma. `is_empty` where
-- nothing is said, `plain` the sum of the repairs that were needed.
with spaced as (
    select text, regexp_replace(coalesce(text, ''), '[\p{Zs}\p{Cf}\p{Cc}]', ' ', 'g') as spaced from claims_texts
),

trimmed as (
    select *, trim(spaced, ' ') as trimmed from spaced
),

unquoted as (
    select
        *,
        if(regexp_full_match(trimmed, '="[^"]*"'), trimmed[3:-2], trim(trimmed, '''"`‘’“”')) as unquoted,
        trim(unquoted, ' ') as inner_text
    from trimmed
),

closed as (
    select
        *,
        upper(inner_text) as capitals,
        regexp_replace(capitals, '[.,;:*+!\x{2020}-]+$', '') as closed,
        translate(regexp_replace(closed, '^([0-9A-Z]+),([0-9A-Z]+)$', '\1.\2'), '-/', '') as pointed
    from unquoted
),

joined as (
    select *, replace(pointed, ' ', '') as joined from closed
)

-- .66 is how spreadsheets write 0.66
select
    text,
    replace(closed, ' ', '') as hyphenated,
    if(regexp_full_match(joined, '\.[0-9]+'), '0' || joined, joined) as cleaned,
    not regexp_matches(inner_text, '[0-9A-Za-z]') or list_contains($fillers, capitals) as is_empty,
    if(
        spaced <> coalesce(text, '') or trimmed <> spaced or inner_text <> unquoted or joined <> pointed, $blanks, 0
    )
    + if(unquoted <> trimmed, $quotes, 0)
    + if(capitals <> inner_text, $case, 0)
    + if(pointed <> capitals, $punctuation, 0) as plain,
    regexp_full_match(cleaned, '[0-9]+(\.[0-9]+)?') as is_number
from joined
