-- Rules that come of tabular lists: of each edition the codes of its first day below a note, with the nearest place of
-- one; and the headings of that day below added characters, with those that they may have.
with listed as (
    select e.system, e.release, v.code, v.billable, c.section,
        v.system = 'ICD10CM' and substr(v.code, 3, 1) > '9' as is_out_of_order -- C4A stands between C43 and C44
    from editions e
    join validity v on v.system = e.system and e.known_from between v.valid_from and v.valid_through
    join codes c on c.system = v.system and c.code = v.code
), placed as (
    select distinct e.system, e.release, n.kind as rule, n.level, n.place, n.first, n.last
    from editions e
    join notes n on n.system = e.system and n.release_from <= e.release and n.release_to >= e.release
    where n.kind in ('code_first', 'use_additional_code')
), below as (
    select p.rule, l.system, l.release, l.code, 10 + length(p.place) as nearness, p.place
    from (select *, unnest(range(2, 8)) as length from listed where billable) l
    join placed p on p.system = l.system and p.release = l.release and p.place = substr(l.code, 1, l.length)
    where l.length <= length(l.code) and p.level = 'code'
    union all
    select p.rule, l.system, l.release, l.code, case p.level when 'block' then 2 else 1 end, p.place
    from (from listed where billable and not is_out_of_order) l
    join (from placed where level != 'code') p
        on p.system = l.system and p.release = l.release and l.code >= p.first and l.code <= p.last || $after
    union all
    select p.rule, l.system, l.release, l.code, case p.level when 'block' then 2 else 1 end, p.place
    from (from listed where billable and is_out_of_order) l
    join sections s on s.system = l.system and s.section = l.section
    join (from placed where level != 'code') p
        on p.system = l.system and p.release = l.release and s.first >= p.first and s.last <= p.last
), characters_at as (
    select e.system, e.release, c.place, string_agg(c.character, ' ' order by c.position) as characters
    from editions e
    join characters c on c.system = e.system and c.release_from <= e.release and c.release_to >= e.release
    where c.code_position = 7 and c.level = 'code'
    group by all
)
select rule, system, release, code, substr(max(nearness || place), 3) as value
from (select * replace (lpad(nearness::varchar, 2, '0') as nearness) from below)
group by all
union all
select 'seventh_character', l.system, l.release, l.code, arg_max(c.characters, length(c.place))
from (select *, unnest(range(3, 7)) as length from listed where not billable) l
join characters_at c on c.system = l.system and c.release = l.release and c.place = substr(l.code, 1, l.length)
where l.length <= length(l.code)
group by all
