-- The codes of articles, each with the group that it stands in: which procedures of an article go with which of its groups
-- of diagnoses, and how that is known. Nothing is joined for standing in one document. A group of diagnoses whose text
-- sets a condition supports nothing by itself, nor does a code with a note; a group of procedures that its text refuses,
-- or may refuse, goes with no diagnosis.
with document as (
    select article_id, 'A' || article_id || ' version ' || article_version as policy from articles
    where status in ('A', 'R')  -- approved, and approved once: a proposed one says nothing yet
),

own as (
    select 'A' || article_id || ' version ' || article_version as policy, number, code, line from procedures
),

of_lcds as (  -- of durable equipment the procedures stand in the determination that names the article
    select d.policy, p.number, p.code, p.line, p.lcd_id, p.lcd_version
    from document d join lcd_articles using (article_id) join lcd_procedures p using (lcd_id, lcd_version)
    where d.policy not in (select policy from own)
),

listed as (
    select policy, number, code, line from own
    union all select policy, number, code, line from of_lcds
),

groups as (
    select 'A' || article_id || ' version ' || article_version as policy, number, stance from procedure_groups
    union all
    select distinct l.policy, g.number, g.stance
    from of_lcds l join lcd_procedure_groups g using (lcd_id, lcd_version, number)
),

procedure_rows as (
    select l.policy, l.number, l.code, min(l.line) as line,
        bool_or(g.stance like '%denied%') as is_refused,
        bool_or(g.stance like '%doubtful%' or g.stance like '%denied%') as is_closed
    from listed l left join groups g using (policy, number)
    where l.policy in (select policy from document)
    group by l.policy, l.number, l.code
),

diagnosis_rows as (
    select 'A' || article_id || ' version ' || article_version as policy, 'covered' as side, number, noted, code, line
    from covered
    union all
    select 'A' || article_id || ' version ' || article_version, 'not covered', number, noted, code, line
    from noncovered
),

texts as (
    select 'A' || article_id || ' version ' || article_version as policy, 'covered' as side, number, named, stance
    from covered_groups
    union all
    select 'A' || article_id || ' version ' || article_version, 'not covered', number, named, stance
    from noncovered_groups
),

open as (select policy, number, code from procedure_rows where not coalesce(is_closed, false)),

sides as (
    select policy, count(distinct number) as groups, count(distinct code) as codes,
        list_sort(list(distinct number)) as numbers
    from open group by policy
),

answering as (
    select distinct d.policy, d.side, d.number, coalesce(t.named, '') as named,
        coalesce(t.stance, '') like '%conditional%' as is_conditional
    from diagnosis_rows d left join texts t using (policy, side, number)
    where d.policy in (select policy from document)
),

mentions as (select policy, side, number, unnest(string_split(named, ' ')) as mention from answering where named <> ''),

named as (
    select distinct m.policy, m.side, m.number, o.code
    from mentions m join open o
        on o.policy = m.policy and o.code between split_part(m.mention, '-', 1) and split_part(m.mention, '-', -1)
        and regexp_replace(o.code, '\d', '0', 'g') = regexp_replace(split_part(m.mention, '-', 1), '\d', '0', 'g')
),

lists as (
    select a.policy, a.side, count(*) as groups, list_sort(list(a.number)) as numbers, bool_or(n.number is not null) as names
    from answering a left join (select distinct policy, side, number from named) n using (policy, side, number)
    group by a.policy, a.side
),

silent as (  -- the groups that name no procedure of theirs: how else it may be known
    select a.policy, a.side, a.number,
        case when s.groups = 1 and l.groups = 1 then 'one_group_each'
            when s.codes = 1 then 'only_procedure'
            when s.numbers = l.numbers and not l.names then 'equal_numbers' end as basis
    from answering a join lists l using (policy, side) join sides s using (policy)
    where not exists (
        select 1 from named n where n.policy = a.policy and n.side = a.side and n.number = a.number)
),

pairs as (
    select policy, side, number, code, 'named_in_text' as basis from named
    union all
    select distinct s.policy, s.side, s.number, o.code, s.basis
    from silent s join open o
        on o.policy = s.policy and s.basis is not null and (s.basis <> 'equal_numbers' or o.number = s.number)
),

standing as (
    select p.* from pairs p join answering a using (policy, side, number) where not a.is_conditional
)

select s.policy, s.side || ' ' || s.number as code_group, 'procedure' as role, s.code, null as answer, s.basis,
    min(p.line) as line
from standing s join procedure_rows p using (policy, code)
group by all
union all
select policy, 'procedures ' || number, 'procedure', code, if(coalesce(is_refused, false), 'denied', null), null, line
from procedure_rows p
where coalesce(is_refused, false)
    or not exists (select 1 from standing s where s.policy = p.policy and s.code = p.code)
union all
select policy, side || ' ' || number || if(noted = '', '', ', with a note'), 'diagnosis',
    if(code = 'XX000', '*', replace(code, '.', '')),
    if(side = 'covered', 'covered', 'not_supporting'), null, min(line)
from diagnosis_rows
where policy in (select policy from document)
group by all
order by all
