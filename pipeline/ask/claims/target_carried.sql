-- The alternatives of a map between systems as they were on a day before its newest release: each of their codes is
-- brought back from year to year, or stands where it was listed on that day already. One row per code and set of codes;
-- an alternative with a code of which nobody says what it was falls away.
with recursive members as (
    select
        c.system, c.code, c.backward, k.cluster, k.target_code,
        row_number() over (partition by c.system, c.code, k.cluster order by k.target_code) as place,
        count(*) over (partition by c.system, c.code, k.cluster) as size
    from target_codes as c
    join build_clusters as k on k.crosswalk = c.crosswalk and k.source_code = c.code
    where c.way = 'carried'
),

brought_back as (
    select t.target_code, m.target_code as code_then
    from (select distinct target_code, backward from members) as t
    join build_mappings as m on m.crosswalk = t.backward and m.source_code = t.target_code
    where m.target_code is not null
        and $newest::date between m.valid_from and coalesce(m.valid_to, date '9999-12-31')
        and $day::date between m.target_valid_from and coalesce(m.target_valid_to, date '9999-12-31')
),

carried as (
    from brought_back
    union all
    select distinct t.target_code, t.target_code
    from members as t
    join build_code_history as h on h.system = $target and h.code = t.target_code
    where $day::date between h.valid_from and coalesce(h.valid_to, date '9999-12-31')
        and t.target_code not in (select target_code from brought_back)
),

built as (
    select m.system, m.code, m.cluster, m.place, m.size, [c.code_then] as codes
    from members as m
    join carried as c using (target_code)
    where m.place = 1
    union all
    select m.system, m.code, m.cluster, m.place, m.size, list_append(b.codes, c.code_then)
    from built as b
    join members as m
        on m.system = b.system and m.code = b.code and m.cluster = b.cluster and m.place = b.place + 1
    join carried as c using (target_code)
)

select distinct system, code, list_sort(list_distinct(codes)) as codes
from built
where place = size
