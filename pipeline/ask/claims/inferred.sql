-- Every code that a text may be which no system of its scope has as it is written.
with unread as (
    select q.*, s.system, s.place, s.code_length, coalesce(p.dot_after, 0) as dot_after, p.longest, p.of_numbers
    from claims_questions as q
    join claims_scope_systems as s using (scope)
    join claims_places as p on p.system = s.system and p.letter = ''
    where q.question not in (select question from claims_readings)
),

own as (
    select * from unread where place = 'own'
),

digits as (
    select *, lpad(head, dot_after, '0') as filled from own where of_numbers and is_number
),

-- Letters for digits are looked for behind the first place, where a letter may stand by itself.
lettered as (
    select
        *,
        system::varchar in $letters_anywhere as anywhere,
        if(anywhere, cleaned, cleaned[2:]) as part,
        if(anywhere, '', cleaned[1]) || translate(part, 'OI', '01') as in_digits
    from own
    where system::varchar in $letters_in
),

filled_up as (
    select * from own
    where system::varchar in $with_placeholder and (not has_dot or length(head) = dot_after)
)

select
    question, system, filled || tail as code, filled || '.' || tail as code_dotted, false as must_be_billable,
    false as may_be_formed, $leading_zero as repairs
from digits
where has_dot and length(head) < dot_after
union all
select
    question, system, lpad(head, size, '0'), null, false, false,
    if(is_float, $float_tail, 0) + if(size > length(head), $leading_zero, 0)
from (
    select *, unnest(range(length(head) + if(is_float, 0, 1), longest + 1))::integer as size
    from digits
    where is_float or not has_dot
)
union all
select question, system, code, null, false, true, repairs
from claims_ranged
where question not in (select question from claims_readings)
union all
select
    question, system, bare[:-2] || repeat($placeholder, longest - length(bare)) || bare[-1], null, true, false, $x_placeholder
from filled_up
where length(bare) between dot_after + 1 and longest - 1
union all
select question, system, rtrim(bare, $placeholder), null, false, false, $x_filler
from filled_up
where bare[-1] = $placeholder and length(rtrim(bare, $placeholder)) >= dot_after
union all
select
    question, system, replace(in_digits, '.', ''), if(has_dot, in_digits, null), false, false, $letter_digit
from lettered
where in_digits <> cleaned and (not anywhere or length(bare) = longest)
union all
select question, system, bare, null, false, false, $dot
from own
where
    has_dot and not is_float
    and not (is_number and length(head) < dot_after and length(tail) <= 2)  -- rather a number without its zeros
union all
select
    question, system, bare, if(has_dot, cleaned, null), true, false,
    if(place = 'other_field', $other_field, $flag_overruled)
from unread
where place <> 'own'
