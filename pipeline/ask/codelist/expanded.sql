-- Behind `expand.sql`: what a list has, a row for each concept, code and episode, and one for each entry without any. How
-- a code came in is told by the nearest way; `written` has every entry that brings it in.
, asked as (
    select unnest($entry) as entry, unnest($concept) as concept, unnest($text) as text, unnest($excluded) as excluded
), taken_out as (
    select distinct concept, system, code from found join asked using (entry) where excluded
), reported as (
    select f.*, a.concept, a.text, a.excluded, e.valid_to, e.billable, e.description
    from found f join asked a using (entry) join episodes e using (system, code, valid_from)
    where e.billable or $with_headings
), taken_in as (
    select concept, system, code, valid_from, valid_to, billable, description,
        arg_min(came_in, list_position(['named', 'prefix', 'range', 'below_heading'], came_in)) as came_in,
        string_agg(distinct text, '; ' order by text) as written
    from reported where not excluded group by all
), answers as (
    select t.*, c.code_dotted, null as entry
    from taken_in t join codes c using (system, code)
    anti join taken_out o on o.concept = t.concept and o.system = t.system and o.code = t.code
    union all by name
    select concept, entry from asked where entry not in (select entry from reported)
)
select answers.concept, system, code, code_dotted, description, valid_from, valid_to, billable, came_in, written, entry
from answers join (select concept, min(entry) as place from asked group by concept) concepts using (concept)
order by entry nulls first, place, system, code, valid_from
