-- The concepts of the systems $systems as JSON: `concepts` counts them, `text` has them with a comma between, each nested
-- below its parent. Codes are sorted, so that what lies below a code follows it; the level of the next code says how many
-- brackets are closed. Titles stand only where $has_text.
with listed as (
    select c.*, p.code_dotted as parent, s.known_through,
        $has_text as has_text, coalesce(c.description, c.short_description) as title,
        row_number() over in_order as place, lead(c.level) over in_order as next_level
    from codes c join systems s on s.system = c.system
    left join codes p on p.system = c.system and p.code = c.parent_code
    where list_contains($systems, c.system)
    window in_order as (order by c.system, c.code)
), written as (
    select place, level, next_level, concat(
        '{"code":', to_json(code_dotted),
        ',"display":' || case when has_text then to_json(title) end,
        ',"designation":[{"language":"en","use":{"system":"urn:crosswalk:designation","code":"short"},"value":'
            || case when has_text and short_description <> description then to_json(short_description) end || '}]',
        ',"property":[', concat_ws(',',
            '{"code":"status","valueCode":"' || if(valid_to < known_through, 'retired', 'active') || '"}',
            case when valid_to < known_through then '{"code":"inactive","valueBoolean":true}' end,
            '{"code":"' || if(valid_from_basis = 'left_censored', 'listedFrom', 'effectiveDate')
                || '","valueDateTime":"' || valid_from || '"}',
            '{"code":"retirementDate","valueDateTime":"' || (valid_to + 1) || '"}',
            case when not billable then '{"code":"notSelectable","valueBoolean":true}' end,
            '{"code":"parent","valueCode":' || to_json(parent) || '}',
            '{"code":"billable","valueBoolean":' || billable || '}',
            '{"code":"kind","valueCode":"' || kind || '"}'
        ), ']'
    ) as concept
    from listed
)
select count(*) as concepts, string_agg(
    concept || case when next_level > level then ',"concept":['
        else '}' || repeat(']}', coalesce(level - next_level, level - 1)) || if(next_level is null, '', ',') end,
    '' order by place
) as text
from written
