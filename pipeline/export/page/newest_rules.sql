-- What is said of a code's use by the newest list of each rule that names it.
select system, code, rule, replace(value, chr(9), ' ') as value, valid_from::varchar as valid_from,
    valid_to::varchar as valid_to
from code_rules
qualify valid_to = max(valid_to) over (partition by system, code, rule)
order by system, code, rule, value
