-- Behind `expand.sql`: entries of a concept and role that have no code of their own. `other`, a prefix or a range, has all
-- of them; or it is an earlier entry that has the same ones. It is null of what is taken out of a concept without it.
, asked as (
    select unnest($entry) as entry, unnest($concept) as concept, unnest($excluded) as excluded, unnest($kind) as kind
), codes_of as materialized (
    select distinct f.entry, a.concept, a.excluded, a.kind, f.system, f.code
    from found f join asked a using (entry) join episodes e using (system, code, valid_from)
    where e.billable
), sizes as (
    select entry, count(*) as size from codes_of group by entry
), shared as (
    select one.entry, other.entry as other, other.kind, count(*) as size
    from codes_of one join codes_of other using (concept, excluded, system, code)
    where one.entry != other.entry group by all
)
select shared.entry, min(shared.other) as other, bool_or(own.size = theirs.size) as is_same
from shared join sizes own on own.entry = shared.entry join sizes theirs on theirs.entry = shared.other
where shared.size = own.size and if(theirs.size > own.size, shared.kind != 'code', shared.other < shared.entry)
group by shared.entry
union all
select one.entry, null, false
from codes_of one left join codes_of other
    on other.concept = one.concept and other.system = one.system and other.code = one.code and not other.excluded
where one.excluded
group by one.entry having count(other.code) = 0
order by entry
