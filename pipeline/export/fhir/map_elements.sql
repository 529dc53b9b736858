-- The elements of one crosswalk as JSON, a row for each part: `part` from 0, `parts`, and in `r4` and `r5` the elements
-- with a comma between. A part ends with the code that brings it to $rows_of_part rows. `source` and `target` are the
-- codes with their dots; days stand where $is_year_to_year. A code that the publisher has no equivalent for is unmatched
-- in R4, and noMap in R5, which allows that only without any target. Of a code that nobody speaks of there is an element
-- without a target: nothing is known.
with told as (
    select m.*, w.equivalence, w.relationship,
        nullif(concat_ws('; ', w.about,
            case when scenario > 0 then 'stands only together with one target of each other choice list: scenario '
                || scenario || ', choice list ' || choice_list end,
            case when no_map then 'the publisher says that there is no equivalent' end,
            case when m.origin = 'derived' then 'derived: '
                || coalesce(path, if(hops = 0 and m.target is not null, 'the code stayed as it was', 'no path')) end
        ), '') as comment,
        case when $is_year_to_year
            then coalesce(valid_from::text, '..') || '/' || coalesce(valid_to::text, '..') end as source_day,
        case when $is_year_to_year
            then coalesce(target_valid_from::text, '..') || '/' || coalesce(target_valid_to::text, '..') end as target_day
    from mappings m left join words w using (predicate)
), targets as (
    select source, target, scenario, choice_list, no_map, concat('{"code":', to_json(target), ',') as code,
        ',"comment":' || to_json(comment) as comment,
        ',"dependsOn":[{"property":"urn:crosswalk:attribute:source-day","value":"' || source_day
            || '"},{"property":"urn:crosswalk:attribute:target-day","value":"' || target_day || '"}]' as days_r4,
        ',"dependsOn":[{"attribute":"source-day","valueString":"' || source_day
            || '"},{"attribute":"target-day","valueString":"' || target_day || '"}]' as days_r5,
        case when scenario > 0 then ',"product":[{"property":"urn:crosswalk:attribute:scenario","value":"' || scenario
            || '"},{"property":"urn:crosswalk:attribute:choice-list","value":"' || choice_list || '"}]' end as set_r4,
        case when scenario > 0 then ',"product":[{"attribute":"scenario","valueString":"' || scenario
            || '"},{"attribute":"choice-list","valueString":"' || choice_list || '"}]' end as set_r5,
        equivalence, relationship
    from told
), written as (
    select source, target, scenario, choice_list, no_map,
        case when target is not null then concat(code, '"equivalence":"', equivalence, '"', comment, days_r4, set_r4, '}')
            when no_map then concat('{"equivalence":"unmatched"', comment, days_r4, '}') end as r4,
        case when target is not null
            then concat(code, '"relationship":"', relationship, '"', comment, days_r5, set_r5, '}') end as r5
    from targets
), elements as (
    select source, count(*) as own_rows, to_json(source) as code,
        ',"target":[' || string_agg(r4, ',' order by target, scenario, choice_list) || ']' as r4,
        coalesce(
            ',"target":[' || string_agg(r5, ',' order by target, scenario, choice_list) || ']',
            if(bool_or(no_map), ',"noMap":true', '')
        ) as r5
    from written group by source
), placed as (
    select *, ((sum(own_rows) over (order by source) - own_rows) // $rows_of_part)::int as part from elements
)
select part, count(*) over () as parts,
    string_agg('{"code":' || code || coalesce(r4, '') || '}', ',' order by source) as r4,
    string_agg('{"code":' || code || r5 || '}', ',' order by source) as r5
from placed group by part order by part
