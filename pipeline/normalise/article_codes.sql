-- The codes of articles, each with the group that it stands in: which procedures of an article go with which of its groups
-- of diagnoses, and how that is known. Nothing is joined for standing in one document. A group of diagnoses whose text
-- sets a condition supports nothing by itself, nor does a code with a note; a group of procedures that its text refuses,
-- or may refuse, goes with no diagnosis, and so does a procedure that stands in such a group too.
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

group_rows as (
    select l.policy, l.number, l.code, min(l.line) as line,
        coalesce(bool_or(g.stance like '%denied%'), false) as is_refused,
        coalesce(bool_or(g.stance like '%doubtful%' or g.stance like '%denied%'), false) as is_closed
    from listed l left join groups g using (policy, number)
    where l.policy in (select policy from document)
    group by l.policy, l.number, l.code
),

procedure_rows as (  -- of a code in two groups that say different things the code alone does not tell which is meant
    select * replace (bool_and(is_refused) over own as is_refused, bool_or(is_closed) over own as is_closed),
        is_refused as is_of_refused_group
    from group_rows window own as (partition by policy, code)
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

open as (select policy, number, code from procedure_rows where not is_closed),

-- What may go with a diagnosis: of a group with a doubtful text nobody knows by a pattern that it does not, so that it
-- counts where the number of groups, or of procedures, is what tells.
sides as (
    select policy, count(distinct number) as groups, count(distinct code) as codes,
        list_sort(list(distinct number)) as numbers
    from procedure_rows where not is_of_refused_group group by policy
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

without_codes as (  -- a group may say which procedures it is of and list no diagnosis: then it is a group as well
    select policy, side, number from texts t
    where named <> '' and (policy, side, number) not in (select (policy, side, number) from answering)
),

lists as (
    select a.policy, a.side, count(*) as groups, list_sort(list(a.number)) as numbers, bool_or(n.number is not null) as names
    from (select policy, side, number from answering union select policy, side, number from without_codes) a
    left join (select distinct policy, side, number from named) n using (policy, side, number)
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
),

spans as (  -- the days of each drug of a list of self-administered ones: a code stands there once for every brand
    select 'A' || article_id || ' version ' || article_version as policy, code, line,
        coalesce(try_cast(valid_from as date), date '1000-01-01') as first,
        coalesce(try_cast(valid_to as date), date '9000-01-01') as last
    from self_administered
),

runs as (
    select *, sum(is_new::int) over (partition by policy, code order by first, last) as run
    from (
        select *, coalesce(first > 1 + max(last) over (
            partition by policy, code order by first, last rows between unbounded preceding and 1 preceding
        ), true) as is_new
        from spans
    )
),

self_administered_rows as (
    select policy, code, nullif(min(first), date '1000-01-01') as valid_from,
        nullif(max(last), date '9000-01-01') as valid_to, min(line) as line
    from runs where policy in (select policy from document) group by policy, code, run
),

beside as (  -- what stands in the article and is told to go with nothing
    select 'A' || article_id || ' version ' || article_version as policy, 'ICD-10-PCS ' || number as code_group,
        'procedure' as role, code, line
    from inpatient_procedures
    union all
    select 'A' || article_id || ' version ' || article_version, 'modifiers ' || number, 'modifier', code, line
    from modifiers
)

select s.policy, s.side || ' ' || s.number as code_group, 'procedure' as role, s.code, null as answer,
    cast(null as date) as valid_from, cast(null as date) as valid_to, s.basis, min(p.line) as line
from standing s join procedure_rows p using (policy, code)
group by all
union all
select policy, 'procedures ' || number, 'procedure', code, if(is_refused, 'denied', null), null, null, null, line
from procedure_rows p
where is_refused or not exists (select 1 from standing s where s.policy = p.policy and s.code = p.code)
union all
select policy, 'self-administered drugs', 'procedure', code, if(code in $unclassified, null, 'denied'),
    valid_from, valid_to, null, line
from self_administered_rows
union all
select policy, code_group, role, code, null, null, null, null, min(line)
from beside where policy in (select policy from document)
group by all
union all
select policy, side || ' ' || number || if(noted = '', '', ', with a note'), 'diagnosis',
    if(code = 'XX000', '*', replace(code, '.', '')),
    if(side = 'covered', 'covered', 'not_supporting'), null, null, null, min(line)
from diagnosis_rows
where policy in (select policy from document)
group by all
order by all
