-- The codes of some entries of lists, `found` (entry, system, code, valid_from of the episode, came_in): a row for each
-- episode and each entry that brings it in. It stands behind `written` (entry, system, kind, first, last), `episodes`
-- (system, code, valid_from, valid_to, billable) and `order_of_letters` (beginning, place: `pipeline/code_order.toml`).
beginnings as materialized (
    select entry, system, first as beginning, 'prefix' as came_in, date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from written where kind = 'prefix' and not contains(first, '_')
    union all
    select w.entry, w.system, w.first, 'below_heading', e.valid_from, coalesce(e.valid_to, date '9999-12-31')
    from written w join episodes e on e.system = w.system and e.code = w.first
    where w.kind = 'code' and not e.billable
), begun as (
    select e.system, e.code, e.valid_from, e.valid_to, left(e.code, lengths.length) as beginning
    from episodes e
    join (select distinct system, length(beginning)::int as length from beginnings) lengths on lengths.system = e.system
        and lengths.length <= length(e.code)
), ranges as materialized (
    select entry, system, first, last from written where kind = 'range'
), in_order as materialized (
    select c.system, c.code, c.code[1]
        || coalesce(two.place, c.code[2]) || coalesce(three.place, c.code[3]) || coalesce(four.place, c.code[4])
        || coalesce(five.place, c.code[5]) || coalesce(six.place, c.code[6]) || c.code[7:] as place
    from (
        select distinct system, code from episodes where system in (select system from ranges)
        union select system, first from ranges union select system, last from ranges
    ) c
    left join order_of_letters two on two.beginning = c.system || left(c.code, 2) and length(c.code) >= 2
    left join order_of_letters three on three.beginning = c.system || left(c.code, 3) and length(c.code) >= 3
    left join order_of_letters four on four.beginning = c.system || left(c.code, 4) and length(c.code) >= 4
    left join order_of_letters five on five.beginning = c.system || left(c.code, 5) and length(c.code) >= 5
    left join order_of_letters six on six.beginning = c.system || left(c.code, 6) and length(c.code) >= 6
), bounds as materialized (
    select r.entry, r.system, a.place as lowest, b.place || '~' as above
    from ranges r
    join in_order a on a.system = r.system and a.code = r.first
    join in_order b on b.system = r.system and b.code = r.last
), found as (
    select w.entry, e.system, e.code, e.valid_from, 'named' as came_in
    from written w join episodes e on e.system = w.system and e.code = w.first where w.kind = 'code'
    union
    select b.entry, e.system, e.code, e.valid_from, b.came_in
    from begun e join beginnings b on b.system = e.system and b.beginning = e.beginning
    where (b.came_in = 'prefix' or e.code != b.beginning)
        and e.valid_from <= b.valid_to and coalesce(e.valid_to >= b.valid_from, true)
    union
    select w.entry, e.system, e.code, e.valid_from, 'prefix'
    from written w join episodes e on e.system = w.system and e.code like w.first || '%'
    where w.kind = 'prefix' and contains(w.first, '_')
    union
    select b.entry, e.system, e.code, e.valid_from, 'range'
    from bounds b join in_order o on o.system = b.system and o.place >= b.lowest and o.place < b.above
    join episodes e on e.system = o.system and e.code = o.code
)
