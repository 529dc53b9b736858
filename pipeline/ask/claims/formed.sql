-- Codes that no listing here has, and that are codes of a system by their form.
select
    (select coalesce(max(code_id), 0) from claims_listed) + row_number() over () as code_id,
    f.system, f.code, f.code as code_dotted, true as ever_billable, true as by_form
from (
    select $system::claims_system as system, q.cleaned as code
    from claims_questions as q
    join claims_scope_systems as s on s.scope = q.scope and s.place = 'own'
    where s.system = $system and length(q.cleaned) = s.code_length
    union
    select system, code from claims_ranged where system = $system
) as f
anti join claims_listed as l on l.system = f.system and l.code = f.code
where regexp_full_match(f.code, $pattern)
