-- The listed codes that any text may mean.
select code_id, system, code, ever_billable, by_form from claims_listed
where code_id in (select code_id from claims_readings)
