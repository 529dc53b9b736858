-- Questions with one reading, which is not inferred: what their code was on a day is their answer.
select question, any_value(code_id) as code_id, any_value(repairs) as repairs
from claims_readings
group by question
having count(*) = 1 and any_value(repairs) & $inferred = 0
