-- The concepts of a code list in its order, and as JSON what a value set of each is composed of: the codes with their dots,
-- by the address of their system. `compose` is null where no code of a concept is here.
with found as (
    select distinct concept, address, code_dotted
    from expand_list('entries', date '1900-01-01', date '2999-12-31') join addresses using (system)
), included as (
    select concept, concat(
        '{"system":', to_json(address), ',"concept":[',
        string_agg('{"code":' || to_json(code_dotted) || '}', ',' order by code_dotted), ']}'
    ) as one, address
    from found group by concept, address
), numbered as (
    select *, row_number() over () as place from entries
), concepts as (
    select concept, min(place) as place from numbered group by concept
)
select c.concept, '{"include":[' || string_agg(i.one, ',' order by i.address) || ']}' as compose
from concepts c left join included i using (concept)
group by c.concept, c.place order by c.place
