-- Every code that the build has: one row per system and code. What was listed only before its system was in use is in
-- `code_history` alone: its dot stands where the system has it.
select
    row_number() over () as code_id,
    h.system::claims_system as system,
    h.code,
    coalesce(
        c.code_dotted, h.code[:s.dot_after] || coalesce('.' || nullif(h.code[s.dot_after + 1:], ''), ''), h.code
    ) as code_dotted,
    h.ever_billable,
    false as by_form
from (select system, code, bool_or(billable) as ever_billable from build_code_history group by all) as h
join build_systems as s using (system)
left join (select system, code, code_dotted from build_codes) as c using (system, code)
