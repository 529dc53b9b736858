-- The beginning of questions to the codes of entries: `found_codes.sql` of `pipeline/list_rules` stands behind it. Episodes
-- are those that touch the days from $since to $through, or may: `is_sure` where one of these days is a day of it for sure.
with written as materialized (
    select unnest($entry) as entry, unnest($system) as system, unnest($kind) as kind, unnest($first) as first,
        unnest($last) as last
), episodes as materialized (
    select h.system, h.code, h.valid_from, h.valid_to, h.billable, coalesce(h.description, h.short_description)
        as description, h.valid_from_earliest, h.valid_to_earliest,
        h.valid_from <= $through and coalesce(coalesce(h.valid_to_earliest, h.valid_to) >= $since, true) as is_sure
    from code_history h join systems s using (system)
    where h.system in (select unnest($systems))
        and coalesce(h.valid_to >= s.in_use_from, true)  -- what was listed before the system was in use never was valid
        and coalesce(h.valid_from_earliest, h.valid_from) <= $through and coalesce(h.valid_to >= $since, true)
), order_of_letters as materialized (
    select unnest($out_of_order) as beginning, unnest($place) as place
),
