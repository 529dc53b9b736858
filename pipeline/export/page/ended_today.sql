-- Up to three codes that stand today for each code that has ended: completed crosswalks and a code's own system year to
-- year lead to what can be billed today; records and conversion tables name what took a code's place. `mappings` are
-- those of the codes that have ended, each with the number of the code's row in `codes`.
with ways as (
    select crosswalk from crosswalks
    where ends_with(crosswalk, '_current') or direction = 'forward' or (relation = 'succession' and origin = 'published')
),
targets as (
    select distinct number, target_system || ':' || target_code as target
    from mappings m semi join ways using (crosswalk)
    anti join (from codes where valid_to is not null) t on t.system = m.target_system and t.code = m.target_code
    where target_code is not null
)
select number, array_to_string(min(target, 3), ',') as today from targets group by number
