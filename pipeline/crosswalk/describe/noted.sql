select crosswalk, exception, source_code, target_code, reason, count(*)::int as rows from notes group by all
