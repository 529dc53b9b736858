-- Each key with what it asks: a row for its days, and a row where it stands without a day as well.
with asks as (
    select a.key, q.question, q.scope, a.plain, a.has_dayless, a.first_day, a.last_day
    from claims_asked as a
    join claims_questions as q
        on q.cleaned = a.cleaned and q.scope = a.scope and q.stored_as is not distinct from a.stored_as
)

select key, question, scope, plain, false as is_dayless, first_day, last_day from asks where first_day is not null
union all
select key, question, scope, plain, true, null, null from asks where has_dayless
