-- The articles as policies: by whom, and in which states, and how many of their codes have no basis for any pair. A title
-- is the publisher's. A jurisdiction that has ended is none.
with paired as (select distinct policy, code_group from codes where basis is not null),

document as (
    select 'A' || article_id || ' version ' || article_version as policy, * from articles where status in ('A', 'R')
),

held_by as (
    select 'A' || article_id || ' version ' || article_version as policy, contractor_id, contractor_type_id,
        contractor_version
    from article_contractors
),

places as (
    select h.policy, list_sort(list(distinct s.state)) as states
    from held_by h
    join jurisdictions j using (contractor_id, contractor_type_id, contractor_version)
    join states s using (state_id)
    where j.ended = ''
    group by h.policy
),

names as (
    select h.policy, list_sort(list(distinct c.name)) as contractors
    from held_by h join contractors c using (contractor_id, contractor_type_id, contractor_version)
    group by h.policy
)

select a.policy, a.title, 'local' as kind, n.contractors, p.states,
    cast(a.valid_from as date) as known_from,
    greatest(cast(a.valid_from as date), least(coalesce(try_cast(a.valid_to as date), $edition), $edition)) as known_through,
    count(distinct c.code) filter (c.role = 'procedure' and c.basis is null and c.answer is null) as unpaired_procedures,
    count(distinct c.code) filter (c.role = 'diagnosis' and c.code <> '*' and g.policy is null) as unpaired_diagnoses
from document a
join codes c on c.policy = a.policy
left join paired g on g.policy = c.policy and g.code_group = c.code_group
left join names n on n.policy = a.policy
left join places p on p.policy = a.policy
group by all
order by policy
