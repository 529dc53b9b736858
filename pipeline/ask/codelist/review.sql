-- A converted list (`converted`) beside the list it comes from: a row for each code of the one and each code of the other
-- that leads nowhere, by category. $listed are the systems of the list.
with numbered as (
    select row_number() over () as row, *, via || forward_from as sources from converted
), titles as (
    select system, code, code_dotted, coalesce(description, short_description, '') as title from codes
), named as (
    select code, min(code_dotted) as code_dotted, min(title) as title
    from titles where system in (select unnest($listed)) group by code
), beside as (
    select n.row, string_agg(trim(coalesce(t.code_dotted, n.source) || ' ' || coalesce(t.title, '')), '; ' order by n.source) as source
    from (select row, unnest(sources) as source from numbered) n left join named t on t.code = n.source
    group by n.row
), left_out as (
    select n.row, string_agg(coalesce(t.code_dotted, n.source), ' ' order by n.source) as outside
    from (select row, unnest(outside) as source from numbered) n left join named t on t.code = n.source
    group by n.row
), placed as (
    select *, if(code is null, sources[1], code) as own, if(code is null, $listed[1], system) as own_system from numbered
)
select p.concept, h.code_dotted as category, h.title as category_title, b.source, p.code_dotted as target,
    p.description as target_title, if(p.status = 'include', 'yes', if(p.status = 'review', '', null)) as accept,
    p.status, p.reason, round(p.share, 2) as share, l.outside, p.first_day, p.system, p.code
from placed p
left join titles h on h.system = p.own_system
    and h.code = if(p.own_system = 'ICD9CM' and p.own[1] = 'E', p.own[1:4], p.own[1:3])
left join beside b using (row) left join left_out l using (row)
order by p.concept, category nulls last, p.own, p.status, b.source
