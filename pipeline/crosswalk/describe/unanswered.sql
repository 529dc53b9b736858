select code as source_code, case when min(valid_from) > $day then 'newer_than_map'
    when max(coalesce(valid_to, date '9999-12-31')) < $day then 'older_than_map' else 'not_assigned' end as status
from billable_episodes where system = $system and code not in (select source_code from published) group by code
