-- Codes that can be reported, and that a text may be which is none as it is written: one row per text, system and code,
-- with the sum of the repairs; of each text only those that need the fewest.
select w.text, k.system, k.code_dotted, min(c.repairs) as repairs
from claims_candidates as c
join claims_questions as q using (question)
join claims_written as w using (cleaned)
join codes as k on k.system = c.system and k.code = c.code
where k.billable and (c.code_dotted is null or c.code_dotted = k.code_dotted)
group by w.text, k.system, k.code_dotted
qualify bit_count(min(c.repairs)) = min(bit_count(min(c.repairs))) over (partition by w.text)
order by w.text, k.system, k.code_dotted
