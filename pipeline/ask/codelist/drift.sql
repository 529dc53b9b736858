-- What became of a list from one day to another: `list_before` and `list_after` are what it names on each (concept, code),
-- `carried` the codes of the first day by the rule on the second (`convert_list`).
with history as (
    select code, valid_from, coalesce(valid_to, date '9999-12-31') as valid_to, billable,
        coalesce(description, short_description) as description
    from code_history where system = $system
), before as (
    select b.concept, b.code, h.description
    from list_before b join history h on h.code = b.code and $since between h.valid_from and h.valid_to
), after as (
    select code, valid_from, billable, description from history where $through between valid_from and valid_to
), successors as (
    select concept, unnest(via || forward_from) as code, c.code as successor
    from carried c where c.code is not null and not list_contains(via, c.code)
), replaced as (
    select concept, code, list(distinct successor order by successor) as successors from successors group by all
), ends as (
    select b.code, min(h.valid_to) as last_day
    from before b join history h on h.code = b.code and h.billable and h.valid_to >= $since group by b.code
), lost as (
    select b.concept, if(a.code is null, 'ended', 'heading') as change, b.code, b.description as description_before,
        a.description as description_after, e.last_day + 1 as first_day,
        if(r.successors is null, 'nobody says what took its place', 'other codes took its place') as reason,
        coalesce(r.successors, []) as via, null as share
    from before b left join after a using (code) left join replaced r on r.concept = b.concept and r.code = b.code
    left join ends e on e.code = b.code
    where a.code is null or not a.billable
), reworded as (
    select b.concept, 'reworded', b.code, b.description, a.description, a.valid_from, 'its text is another', [], null
    from before b join after a using (code)
    where a.billable and lower(a.description) != lower(b.description)
), proposed as (
    select c.concept, if(c.status = 'include', 'new', 'review'), c.code, null, c.description, c.first_day, c.reason,
        if(len(c.via) = 0, c.forward_from, c.via), c.share
    from carried c anti join list_before b on b.concept = c.concept and b.code = c.code where c.code is not null
), written as (  -- by the rule nothing brings it in, and the list as it is written has it now
    select l.concept, 'new', l.code, null, a.description, a.valid_from, 'written', [], null
    from list_after l join after a using (code)
    anti join list_before b on b.concept = l.concept and b.code = l.code
    anti join (from carried where status = 'include') c on c.concept = l.concept and c.code = l.code
), changes as (
    from lost union all from reworded union all from written
    union all from proposed p anti join written w on w.concept = p.concept and w.code = p.code
)
select x.concept, x.change, $system as system, x.code, coalesce(c.code_dotted, x.code) as code_dotted, x.description_before,
    x.description_after, x.first_day, x.reason, x.via, round(x.share, 2) as share,
    exists (from list_after l where l.concept = x.concept and l.code = x.code) as is_in_text
from changes x left join codes c on c.system = $system and c.code = x.code
order by x.concept, list_position(['ended', 'heading', 'reworded', 'new', 'review'], x.change), x.code
