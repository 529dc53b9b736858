-- Behind `expand.sql`: what a list has, a row for each concept, code and episode, and one for each entry without any. How
-- a code came in is told by the nearest way; `written` has every entry that brings it in. `is_in_doubt` marks codes of
-- which nobody knows whether they could be reported on one of the days: they may have begun, or ended, by then.
, asked as (
    select unnest($entry) as entry, unnest($concept) as concept, unnest($text) as text, unnest($excluded) as excluded
), taken_out as (
    select distinct concept, system, code from found join asked using (entry) where excluded
), reported as (
    select f.*, a.concept, a.text, a.excluded, e.valid_to, e.billable, e.description, e.is_sure
    from found f join asked a using (entry) join episodes e using (system, code, valid_from)
    where e.billable or $with_headings
), taken_in as (
    select concept, system, code, valid_from, valid_to, billable, description,
        arg_min(came_in, list_position(['named', 'prefix', 'range', 'below_heading'], came_in)) as came_in,
        string_agg(distinct text, '; ' order by text) as written
    from reported where not excluded and is_sure group by all
), answers as (
    select t.*, c.code_dotted, null as entry
    from taken_in t join codes c using (system, code)
    anti join taken_out o on o.concept = t.concept and o.system = t.system and o.code = t.code
    union all by name
    select concept, entry from asked where entry not in (select entry from reported)
    union all by name
    select distinct r.concept, r.system, r.code, c.code_dotted, true as is_in_doubt
    from reported r join codes c using (system, code)
    anti join taken_out o on o.concept = r.concept and o.system = r.system and o.code = r.code
    anti join taken_in t on t.concept = r.concept and t.system = r.system and t.code = r.code
    where not r.excluded and not r.is_sure
)
select answers.concept, system, code, code_dotted, description, valid_from, valid_to, billable, came_in, written, entry,
    coalesce(is_in_doubt, false) as is_in_doubt
from answers join (select concept, min(entry) as place from asked group by concept) concepts using (concept)
order by entry nulls first, place, system, code, valid_from
