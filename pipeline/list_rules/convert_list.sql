-- A code list in another system, or on another day of its own: see `__init__.py` for the rule and its parameters.
with asked as (
    select distinct coalesce(concept, '') as concept, code from query_table(list)
), named as (
    select a.concept, a.code, v.code is not null as is_valid
    from asked a left join validity v on v.system = listed and v.code = a.code and v.billable
        and list_day between v.valid_from and v.valid_through
), asked_codes as (
    select distinct code from named where is_valid
), targets as (
    select code, valid_from as first_day from validity
    where system = target and billable and target_day between valid_from and valid_through
), backward as (  -- from the target's system into the list's: of two maps that name each other as opposite
    select m.* from mappings m
    where m.target_code is not null and m.crosswalk in (
        select c.crosswalk from crosswalks c join crosswalks o on o.crosswalk = c.opposite and o.opposite = c.crosswalk
        where c.relation = 'equivalence' and c.source_system = target and c.target_system = listed
    )
), forward as (
    select m.source_code, m.target_code, m.status, m.scenario, m.choice_list, m.path from mappings m
    where m.crosswalk in (
        select c.crosswalk from crosswalks c join crosswalks o on o.crosswalk = c.opposite and o.opposite = c.crosswalk
        where c.relation = 'equivalence' and c.source_system = listed and c.target_system = target
    )
), year_to_year as (  -- `is_back` from the target's day to the list's, else the other way
    select m.*, (c.direction = 'backward') = (target_day > list_day) as is_back
    from mappings m join crosswalks c using (crosswalk)
    where listed = target and c.source_system = listed and c.direction is not null and m.target_code is not null
        and list_day != target_day
), translated as (
    select code from targets semi join (
        select source_code from backward where target_code in (from asked_codes)
        union select source_code from year_to_year where is_back and target_code in (from asked_codes)
    ) touched on touched.source_code = targets.code
), spelt_out as (
    select c.crosswalk, c.source_code as code, c.cluster, c.target_code as member,
        bool_or(b.scenario = 0 or b.choice_list = 1) as leads, min(b.predicate) as predicate,
        min(b.path) as path
    from clusters c join backward b on b.crosswalk = c.crosswalk and b.source_code = c.source_code
        and b.target_code = c.target_code and b.scenario = c.scenario
    where c.source_code in (from translated)
    group by all
), wholes as (
    select crosswalk, code, cluster, string_agg(member, ' ' order by member) as alternative
    from spelt_out group by all
), told_once as (
    select code, alternative, min(crosswalk) as crosswalk, arg_min(cluster, row(crosswalk, cluster)) as cluster
    from wholes group by all
), of_other_day as (
    select source_code, scenario, choice_list, target_code, predicate, path from year_to_year
    where is_back and source_code in (from translated) and source_code not in (from asked_codes)
        and target_day between valid_from and coalesce(valid_to, date '9999-12-31')
        and list_day between target_valid_from and coalesce(target_valid_to, date '9999-12-31')
), equivalents as (
    select t.code, t.alternative, s.member, s.leads, s.predicate, s.path
    from told_once t join spelt_out s on s.code = t.code and s.crosswalk = t.crosswalk and s.cluster = t.cluster
    union all  -- what is valid on both days stands for itself
    select code, code, code, true, 'exactMatch', null from targets semi join asked_codes using (code) where listed = target
    union all
    select source_code, target_code, target_code, true, predicate, path from of_other_day where scenario = 0
    union all
    select m.source_code, m.scenario || ' ' || p.target_code, m.target_code, m.choice_list = 1, m.predicate, m.path
    from of_other_day m join of_other_day p on p.source_code = m.source_code and p.scenario = m.scenario
        and p.choice_list = 1 and (m.choice_list > 1 or m.target_code = p.target_code)
    where m.scenario > 0
), marked as (
    select e.*, count(*) over (partition by e.code, e.alternative) > 1 as is_combination,
        -- ICD-10-CM says by the code itself that it is an adverse effect or self-harm: ICD-9-CM by the cause alone.
        e.leads or members = 'any' or (listed = 'ICD9CM' and e.member[1:3] in ('E93', 'E94', 'E95')) as is_principal,
        exists (
            from validity v where v.system = listed and v.code = e.member and v.billable
                and list_day between v.valid_from and v.valid_through
        ) as is_valid
    from equivalents e
), kept as (
    select * from marked qualify bool_or(is_valid) over (partition by code, alternative)
), of_target as (
    select code, count(distinct alternative) as alternatives, list(distinct member order by member) as spelt,
        bool_and(is_principal) as is_plain
    from kept group by code
), led_back as (
    select distinct source_code as member, target_code as code from forward
    where target_code is not null and source_code in (from asked_codes)
), ways as (  -- `is_close`, `returns`: what one member says of how near the two codes are
    select k.*, o.alternatives, o.spelt, o.is_plain and len(o.spelt) = 1 as is_single,
        k.predicate in ('exactMatch', 'closeMatch') as is_close,
        l.code is not null or listed = target or target not in ('ICD10PCS', 'ICD9Proc') as returns
    from kept k join of_target o using (code) left join led_back l on l.member = k.member and l.code = k.code
    where k.member in (from asked_codes)
), shares as (
    select n.concept, w.code, 1.0 as share, w.alternatives, [w.member] as via, [w.member] as spelt,
        false as is_combination, w.is_close, w.returns, w.path
    from named n join ways w on w.member = n.code where n.is_valid and w.is_single
    union all
    select n.concept, w.code, count(distinct alternative) filter (is_principal) / any_value(alternatives),
        any_value(alternatives),
        coalesce(list(distinct member order by member) filter (is_principal), list(distinct member order by member)),
        any_value(spelt), coalesce(bool_or(is_combination) filter (is_principal), false), bool_or(is_close),
        bool_or(returns), coalesce(min(path) filter (is_principal), min(path))
    from named n join ways w on w.member = n.code where n.is_valid and not w.is_single
    group by n.concept, w.code
), own as (
    select concept, code, share, alternatives, via, path,
        case when len(via) = len(spelt) then []::varchar[]
            else list_filter(spelt, lambda each: not list_contains(via, each)) end as outside,
        case when share >= 0.5 then 'include' else 'review' end as status,
        case when share = 0 then 'part'
            when share < 0.5 then 'broader_review'
            when share < 1 then 'broader'
            when is_combination then 'narrower_combination'
            when alternatives = 1 and is_close then 'exact'
            when not returns then 'narrower_one_way'
            else 'narrower' end as reason,
        target = 'ICD10CM' and length(code) = 7 and code[7] between 'D' and 'S' as is_later
    from shares
), first_encounters as (
    select concept, code[1:6] as stem, arg_min(code, row(-share, code)) as code, min(status) as status
    from own where encounters = 'all' and target = 'ICD10CM' and length(code) = 7 and code[7] between 'A' and 'C'
    group by concept, stem
), later_encounters as (  -- of an injury, where all are wanted: they stand where the first one stands
    select f.concept, t.code, f.code as first_code, f.status
    from first_encounters f join targets t on t.code[1:6] = f.stem and length(t.code) = 7 and t.code[7] between 'D' and 'S'
), stems as (
    select distinct code[1:6] as stem from targets where length(code) = 7 and code[7] between 'A' and 'C'
), found as (
    select l.concept, l.code, o.share, o.alternatives, o.via, l.first_code || ' encounter ' || l.code as path,
        o.outside, l.status, 'later_encounter' as reason
    from later_encounters l join own o on o.concept = l.concept and o.code = l.first_code
    union all
    select o.concept, o.code, o.share, o.alternatives, o.via, o.path, o.outside,
        case when is_apart then 'review' else o.status end, case when is_apart then 'later_encounter' else o.reason end
    from (
        select *, is_later and (encounters = 'initial' or encounters = 'all' and code[1:6] in (from stems)) as is_apart
        from own
    ) o anti join later_encounters l on o.is_later and l.concept = o.concept and l.code = o.code
), others as (  -- what leads between the two in another way: for a person to judge
    select f.source_code as member, f.target_code as code, 'forward_only' as reason, f.path from forward f
    where f.target_code is not null and (f.scenario = 0 or f.choice_list = 1)
    union all
    select source_code, target_code, 'forward_only', path from year_to_year
    where not is_back and list_day between valid_from and coalesce(valid_to, date '9999-12-31')
        and target_day between target_valid_from and coalesce(target_valid_to, date '9999-12-31')
    union all
    select b.target_code, b.source_code, 'part', b.path from backward b
    anti join spelt_out s on s.crosswalk = b.crosswalk and s.code = b.source_code and s.member = b.target_code
    where b.target_code in (from asked_codes)
), further as (
    select n.concept, o.code, list(distinct n.code order by n.code) as forward_from, min(o.path) as path,
        max(o.reason) as reason
    from named n join others o on o.member = n.code semi join targets t on t.code = o.code
    where n.is_valid group by n.concept, o.code
), answers as (
    select f.*, list_filter(coalesce(r.forward_from, []), lambda each: not list_contains(f.via, each)) as forward_from
    from found f left join further r using (concept, code)
    union all
    select concept, code, null, null, [], path, [], 'review', reason, forward_from
    from further anti join found using (concept, code)
), lives as (
    select code, min(valid_from) as begins,
        bool_or(not billable and list_day between valid_from and valid_through) as is_heading
    from validity where system = listed and code in (select code from named) group by code
), in_doubt as (  -- a list without it is years behind the last one that has it, and the list's day lies between
    select distinct code from code_history
    where system = listed and billable and code in (select code from named)
        and (list_day > valid_to_earliest and list_day <= valid_to
            or list_day >= valid_from_earliest and list_day < valid_from)
), unmapped as (
    select distinct source_code as code from forward where status = 'no_map'
), without as (
    select n.concept, n.code, case
        when n.is_valid and listed = target and target_day > list_day then 'ended'
        when n.is_valid and listed = target then 'not_yet'
        when n.is_valid and u.code is not null then 'no_map'
        when n.is_valid then 'not_bridged'
        when d.code is not null then 'not_known'
        when l.is_heading then 'heading'
        when l.begins > list_day then 'not_yet'
        when l.code is not null then 'ended'
        else 'unknown' end as reason
    from named n left join lives l using (code) left join unmapped u using (code) left join in_doubt d using (code)
    anti join (select concept, unnest(via || forward_from) as code from answers) a on a.concept = n.concept and a.code = n.code
), answered as (
    from answers
    union all
    select concept, null, null, null, [code], null, [], 'none', reason, [] from without
)
select r.concept, r.status, r.reason, target as system, r.code, c.code_dotted,
    coalesce(c.description, c.short_description) as description, t.first_day, r.share, r.alternatives, r.via,
    r.forward_from, r.outside, r.path
from answered r left join targets t using (code) left join codes c on c.system = target and c.code = r.code
