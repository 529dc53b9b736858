select
    v.system, v.code, c.code_dotted, v.billable, h.kind, h.setting, h.short_description, h.description,
    greatest(v.valid_from, h.valid_from) as valid_from,
    least(v.valid_through, coalesce(h.valid_to, v.valid_through)) as valid_through
from validity as v
join codes as c on c.system = v.system and c.code = v.code
join code_history as h on h.system = v.system and h.code = v.code
    and h.valid_from <= v.valid_through and coalesce(h.valid_to, v.valid_through) >= v.valid_from
