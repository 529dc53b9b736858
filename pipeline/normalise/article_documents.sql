-- The articles as policies, and how many of their codes have no basis for any pair. A title is the publisher's.
with paired as (select distinct policy, code_group from codes where basis is not null)

select 'A' || a.article_id || ' version ' || a.article_version as policy, a.title, 'local' as kind,
    cast(a.valid_from as date) as known_from,
    greatest(cast(a.valid_from as date), least(coalesce(try_cast(a.valid_to as date), $edition), $edition)) as known_through,
    count(distinct c.code) filter (c.role = 'procedure' and c.basis is null and c.answer is null) as unpaired_procedures,
    count(distinct c.code) filter (c.role = 'diagnosis' and c.code <> '*' and p.policy is null) as unpaired_diagnoses
from articles a
join codes c on c.policy = 'A' || a.article_id || ' version ' || a.article_version
left join paired p on p.policy = c.policy and p.code_group = c.code_group
where a.status in ('A', 'R')
group by all
order by policy
