-- One row per release and group: titles and types as the manual (the rows with a version) has them, weights beside them.
select
    release, drg, max(version) as version,
    min(valid_from) as valid_from, max(valid_through) filter (
        where version is not null or release not in (select release from printed where version is not null)
    ) as valid_through,
    coalesce(max(mdc) filter (where version is not null), max(mdc) filter (where version is null)) as mdc,
    coalesce(max(type) filter (where version is not null), max(type) filter (where version is null)) as type,
    coalesce(max(title) filter (where version is not null), max(title)) as title,
    max(weight_before_cap) as weight_before_cap, max(weight) as weight,
    max(geometric_mean_days) as geometric_mean_days, max(arithmetic_mean_days) as arithmetic_mean_days,
    bool_or(post_acute) as post_acute, bool_or(special_pay) as special_pay
from printed
group by release, drg
order by release, drg
