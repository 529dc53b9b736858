with named as (select *, 'conversion_' || lower(system) as crosswalk from predecessors where change <> 'Replaced'),
pairs as (
    select crosswalk, code, previous, string_agg(distinct change || ' ' || effective_from, ', ' order by change || ' ' || effective_from) as changes,
        sum(rows) as rows
    from named where code is not null group by crosswalk, code, previous, part, parts
)
select crosswalk, 'repeated' as exception, code as source_code, previous as target_code,
    'printed ' || rows || ' times: ' || changes as reason, rows::int as rows
from pairs where rows > 1
union all
select crosswalk, 'left_out', null, previous, 'deleted on ' || effective_from || ', and nothing took its place', rows
from (select crosswalk, printed as previous, effective_from, rows from named where code is null)
