-- What the newest list of each rule says of the codes that it names.
with newest as (select rule, system, max(known_through) as valid_to from rule_lists group by rule, system)
select system, code, rule, replace(value, chr(9), ' ') as value, valid_from::varchar as valid_from,
    valid_to::varchar as valid_to
from code_rules semi join newest using (rule, system, valid_to)
order by system, code, rule, value
