-- The newest table is right where an older one differs: 34 cells of FY2020 were corrected later (I80.491 for I82.491).
with newest as (
    from conversions
    qualify release = max(release) over (
        partition by system, coalesce(code, previous), effective_from, if(change = 'Replaced', previous, null))
),
named as (
    select system, code, effective_from, change, release, file, line, n.*
    from newest join namings n using (previous)
),
bounds as (
    select *, unnest(list_distinct([first[:$category], last[:$category]])) as category from named where form = 'range'
),
around as (  -- the codes that could be reported on the day before, in the categories of the bounds of each range
    select n.system, n.code, n.effective_from, n.previous, n.first, n.last,
        s.code between n.first and n.last || '~'  -- 9, unspecified, closes a category: letters are listed before it
            or (s.code >= n.first and s.code[:$category] = n.last[:$category] and n.last[$category + 1:] = '9') as is_inside, s.valid_to is null or s.valid_to >= n.effective_from as stays
    from bounds n join billable_episodes s on s.system = n.system and s.code[:$category] = n.category
        and s.valid_from < n.effective_from and (s.valid_to is null or s.valid_to >= n.effective_from - 1)
        and (len(s.code) < $encounter or len(n.code) < $encounter or s.code[$encounter] = n.code[$encounter])
),
whole as (  -- a range that leaves out no code of these is of whole categories, unless all of it went over into the new code
    select system, code, effective_from, previous, first, last from around where system not in (from before_listings)
    group by all having bool_and(is_inside) and bool_or(stays)
),
spans as (  -- with each first character that a code between the bounds may have: a join on that looks at few codes
    select *, unnest(range(ascii(first), ascii(last) + 1)) as initial from named where form <> 'code'
),
expanded as (
    select n.* exclude (form, initial), s.code as found,
        if((n.system, n.code, n.effective_from, n.previous, n.first, n.last) in (
            select (system, code, effective_from, previous, first, last) from whole), 'category', n.form) as form
    from spans n join billable_episodes s on s.system = n.system and ascii(s.code) = n.initial
        and s.valid_from < n.effective_from and (s.valid_to is null or s.valid_to >= n.effective_from - 1)
        and s.code >= n.first and s.code <= n.last || '~'
        -- a seventh character is the encounter: a range of initial encounters holds no sequelae
        and (len(s.code) < $encounter or len(n.code) < $encounter or s.code[$encounter] = n.code[$encounter])
    union  -- listings of some systems begin after their table ends: of their ranges the bounds are known
    select n.* exclude (form), unnest([first, last]) as found, form
    from named n where form <> 'code' and system in (from before_listings)
)
select system, code, effective_from, found as previous, form, part, parts, change, file, min(line) as line,
    count(distinct line)::int as rows, previous as printed
from expanded group by all
union all
select system, code, effective_from, first, form, part, parts, change, file, min(line), count(distinct line)::int, previous
from named where form = 'code' group by all
union all
select system, code, effective_from, null, 'none', 1, 1, change, file, min(line), count(distinct line)::int, previous
from newest where previous not in (select previous from namings) group by all
order by system, code, effective_from, part, previous, line
