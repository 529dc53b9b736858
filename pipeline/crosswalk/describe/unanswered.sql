-- Of a code that the oldest listing has, nobody knows when it began; of one that the newest has, when it will end.
select b.code as source_code, case when min(b.valid_from) > $day then if(count(s.code) = 0, 'newer_than_map', 'not_known')
    when max(coalesce(b.valid_to, date '9999-12-31')) < $day then 'older_than_map'
    when $day > $known_through and bool_or(b.valid_to is null) then 'not_known' else 'not_assigned' end as status
from billable_episodes b left join starts_unknown s on s.code = b.code and s.valid_from = b.valid_from
group by b.code
