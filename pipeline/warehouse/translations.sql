select
    m.crosswalk, x.relation, m.source_system, m.source_code, s.code_dotted as source_dotted,
    coalesce(s.description, s.short_description) as source_title, m.target_system, m.target_code,
    t.code_dotted as target_dotted, coalesce(t.description, t.short_description) as target_title,
    m.status, m.scenario, m.choice_list, m.approximate, m.predicate, m.cardinality, m.origin, m.path,
    m.valid_from, m.valid_to, m.target_valid_from, m.target_valid_to
from mappings as m
join crosswalks as x on x.crosswalk = m.crosswalk
left join codes as s on s.system = m.source_system and s.code = m.source_code
left join codes as t on t.system = m.target_system and t.code = m.target_code
where x.relation in ('equivalence', 'succession')
