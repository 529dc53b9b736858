with asked as (
    select
        row_number() over (order by concept, system, code, role) as entry, coalesce(concept, '') as concept, system,
        coalesce(role, '') = 'exclude' as is_excluded, strpos(code, '%') > 0 as is_prefix,
        strpos(code, '-') > 0 as is_range,
        upper(replace(replace(replace(split_part(code, '-', 1), '.', ''), '%', ''), ' ', '')) as first_code,
        upper(replace(replace(replace(split_part(code, '-', 2), '.', ''), '%', ''), ' ', '')) as last_code
    from code_lists
), episodes as (
    select
        h.system, h.code, h.valid_from, h.valid_to, h.billable,
        coalesce(h.description, h.short_description) as description
    from code_history as h
    join systems as s on s.system = h.system
    where h.valid_to is null or s.in_use_from is null or h.valid_to >= s.in_use_from
), order_of_letters as (
    {order_of_letters}
), in_ranges as (
    select e.system, e.code from episodes as e where e.system in (select a.system from asked as a where a.is_range)
    union
    select a.system, a.first_code from asked as a where a.is_range
    union
    select a.system, a.last_code from asked as a where a.is_range
), in_order as (
    select
        c.system, c.code,
        concat(
            substr(c.code, 1, 1), coalesce(two.place, substr(c.code, 2, 1)), coalesce(three.place, substr(c.code, 3, 1)),
            coalesce(four.place, substr(c.code, 4, 1)), coalesce(five.place, substr(c.code, 5, 1)),
            coalesce(six.place, substr(c.code, 6, 1)), substr(c.code, 7)
        ) as place
    from in_ranges as c
    left join order_of_letters as two
        on two.beginning = concat(c.system, substr(c.code, 1, 2)) and length(c.code) >= 2
    left join order_of_letters as three
        on three.beginning = concat(c.system, substr(c.code, 1, 3)) and length(c.code) >= 3
    left join order_of_letters as four
        on four.beginning = concat(c.system, substr(c.code, 1, 4)) and length(c.code) >= 4
    left join order_of_letters as five
        on five.beginning = concat(c.system, substr(c.code, 1, 5)) and length(c.code) >= 5
    left join order_of_letters as six
        on six.beginning = concat(c.system, substr(c.code, 1, 6)) and length(c.code) >= 6
), beginnings as (
    select
        a.entry, a.system, a.first_code as beginning, 2 as way, cast(null as date) as valid_from,
        cast(null as date) as valid_to
    from asked as a
    where a.is_prefix and not a.is_range
    union all
    select a.entry, a.system, a.first_code, 4, e.valid_from, e.valid_to
    from asked as a
    join episodes as e on e.system = a.system and e.code = a.first_code
    where not a.is_prefix and not a.is_range and not e.billable
), lengths as (
    select distinct b.system, length(b.beginning) as beginning_length from beginnings as b
), starts as (
    select e.system, e.code, e.valid_from, e.valid_to, substr(e.code, 1, l.beginning_length) as beginning
    from episodes as e
    join lengths as l on l.system = e.system and l.beginning_length <= length(e.code)
), found as (
    select a.entry, e.system, e.code, e.valid_from, 1 as way
    from asked as a
    join episodes as e on e.system = a.system and e.code = a.first_code
    where not a.is_prefix and not a.is_range
    union
    select b.entry, e.system, e.code, e.valid_from, b.way
    from starts as e
    join beginnings as b on b.system = e.system and b.beginning = e.beginning
    where (b.way = 2 or e.code <> b.beginning)
        and e.valid_from <= coalesce(b.valid_to, e.valid_from)
        and (e.valid_to is null or b.valid_from is null or e.valid_to >= b.valid_from)
    union
    select a.entry, e.system, e.code, e.valid_from, 3
    from asked as a
    join in_order as lowest on lowest.system = a.system and lowest.code = a.first_code
    join in_order as highest on highest.system = a.system and highest.code = a.last_code
    join in_order as o on o.system = a.system and o.place >= lowest.place and o.place < concat(highest.place, '~')
    join episodes as e on e.system = o.system and e.code = o.code
    where a.is_range
), codes_out as (
    select distinct a.concept, f.system, f.code
    from found as f
    join asked as a on a.entry = f.entry and a.system = f.system
    where a.is_excluded
), codes_in as (
    select a.concept, e.system, e.code, e.description, e.valid_from, e.valid_to, min(f.way) as way
    from found as f
    join asked as a on a.entry = f.entry and a.system = f.system
    join episodes as e on e.system = f.system and e.code = f.code and e.valid_from = f.valid_from
    where e.billable and not a.is_excluded
    group by a.concept, e.system, e.code, e.description, e.valid_from, e.valid_to
)
select
    i.concept, i.system, i.code, c.code_dotted, i.description, i.valid_from, i.valid_to,
    case i.way when 1 then 'named' when 2 then 'prefix' when 3 then 'range' else 'below_heading' end as came_in
from codes_in as i
join codes as c on c.system = i.system and c.code = i.code
left join codes_out as o on o.concept = i.concept and o.system = i.system and o.code = i.code
where o.code is null
