select source_code, target_code, scenario, choice_list, no_map, bits, 1 as hops,
    concat_ws(' ', source_code, $name, target_code) as path
from published
