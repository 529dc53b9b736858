-- The names of repairs, in their order, by the sum of their bits; null where there is none.
select
    repairs,
    nullif(array_to_string(list_filter($repair_names, lambda n, i: repairs & (1 << (i - 1)) > 0), ' '), '') as names
from (select unnest(range(1 << len($repair_names))) as repairs)
