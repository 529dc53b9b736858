-- The candidates that the build has, or that are codes by their form; of several ways to one code the first repair.
select c.question, l.code_id, min(c.repairs) as repairs
from claims_candidates as c
join claims_questions as q using (question)
join claims_listed as l on l.system = c.system and l.code = c.code
join claims_scope_systems as s on s.scope = q.scope and s.system = c.system
where
    (c.code_dotted is null or l.code_dotted = c.code_dotted)
    and (l.ever_billable or not c.must_be_billable)
    and (c.may_be_formed or not l.by_form)
    and (s.code_length is null or length(l.code) = s.code_length)
group by c.question, l.code_id
