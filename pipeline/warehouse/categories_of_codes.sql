select
    m.crosswalk, v.release, v.effective_from, v.known_through, v.newest, m.source_system as system,
    m.source_code as code, m.target_system as grouping_system,
    m.target_code as category, k.title as category_title, m.flags
from grouping_versions as v
join mappings as m on m.crosswalk = v.crosswalk and m.release_from <= v.release and m.release_to >= v.release
left join categories as k on k.crosswalk = m.crosswalk and k.category = m.target_code
where m.target_code is not null
