-- The codes that were found, each once, with the way that its system has to the target.
select distinct a.system::varchar as system, a.code::varchar as code, w.crosswalk, w.backward, w.way
from judged_answers as a join target_ways as w on w.system = a.system::varchar
where a.code is not null and a.code::varchar <> ''
