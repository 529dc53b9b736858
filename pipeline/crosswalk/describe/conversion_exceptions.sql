with named as (select *, 'conversion_' || lower(system) as crosswalk from predecessors where change <> 'Replaced'),
repeated as (
    select crosswalk, code, previous, part, parts, sum(rows) as rows from named where code is not null
    group by all having sum(rows) > 1
),
pairs as (
    select r.crosswalk, r.code, r.previous, r.rows,
        string_agg(distinct change || ' ' || effective_from, ', ' order by change || ' ' || effective_from) as changes
    from repeated r join named n on n.crosswalk = r.crosswalk and n.code = r.code
        and n.previous is not distinct from r.previous and n.part = r.part and n.parts = r.parts
    group by r.crosswalk, r.code, r.previous, r.part, r.parts, r.rows
)
select crosswalk, 'repeated' as exception, code as source_code, previous as target_code,
    'printed ' || rows || ' times: ' || changes as reason, rows::int as rows
from pairs
union all
select crosswalk, 'left_out', null, previous, 'deleted on ' || effective_from || ', and nothing took its place', rows
from (select crosswalk, printed as previous, effective_from, rows from named where code is null)
