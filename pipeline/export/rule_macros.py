"""The macros that say in SQL what agencies state of codes' use on a day, and where no list here speaks of it."""

from typing import Final

RULE_MACROS: Final = {
    "code_rules_on(day)": (
        "What the lists of a day say of codes: from code_rules_on(date '2025-12-01'). A row for each code, rule and "
        "value; title is the rule in few words. A code without a row: see rule_on.",
        """table select r.system, r.code, r.rule, l.title, r.value, r.valid_from, r.valid_to, r.source
        from code_rules r join rule_lists l
            on l.rule = r.rule and l.system = r.system and day between l.known_from and l.known_through
        where day between r.valid_from and r.valid_to
        order by r.system, r.code, r.rule, r.value""",
    ),
    "rule_on(rule_name, day)": (
        "The answer of one rule for every code that could be reported on a day: from rule_on('poa_exempt', "
        "date '2025-12-01'). answer: yes (value says what), no (a list of the day does not have it), not_known (no "
        "list here speaks of the day, or its silence says nothing). Codes of systems that have no list of the rule are "
        "left out.",
        """table with ruled as (
            select system, max(otherwise) filter (where day between known_from and known_through) as otherwise,
                bool_or(day between known_from and known_through) as is_known
            from rule_lists where rule = rule_name group by system
        )
        select v.system, v.code, case when r.value is not null then 'yes'
            when l.is_known and l.otherwise is not null then 'no' else 'not_known' end as answer, r.value
        from validity v join ruled l on l.system = v.system
        left join code_rules r on r.system = v.system and r.code = v.code and r.rule = rule_name
            and day between r.valid_from and r.valid_to
        where v.billable and day between v.valid_from and v.valid_through
        order by v.system, v.code, r.value""",
    ),
    "excludes_cc(principal, secondary, day)": (
        "Whether a principal diagnosis keeps a secondary one from counting as complication or comorbidity on a day: "
        "from excludes_cc('I5020', 'I5022', date '2025-12-01'), codes without a dot. level: CC or MCC, null where it "
        "is neither; excluded: yes, no, or not_known where no version of the day is here.",
        """table select
            (select max(value) from code_rules where system = 'ICD10CM' and rule = 'cc' and code = secondary
                and day between valid_from and valid_to) as level,
            case when not exists (from rule_lists where rule = 'cc_exclusions'
                and day between known_from and known_through) then 'not_known'
            when exists (from code_rules r join cc_exclusions x on x.collection = r.value
                where r.system = 'ICD10CM' and r.rule = 'cc_exclusions' and r.code = secondary
                and day between r.valid_from and r.valid_to and x.code = principal) then 'yes'
            else 'no' end as excluded""",
    ),
}
