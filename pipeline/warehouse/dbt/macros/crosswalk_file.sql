{# The rows of a table: of its Parquet file where the warehouse reads files in a query, else of the source `crosswalk`,
   which the script of `crosswalk sql` makes and fills. #}
{% macro crosswalk_file(table) %}{{ return(adapter.dispatch("crosswalk_file", "crosswalk")(table)) }}{% endmacro %}

{% macro duckdb__crosswalk_file(table) %}read_parquet('{{ var("crosswalk_files") }}/parquet/{{ table }}.parquet'){% endmacro %}

{% macro spark__crosswalk_file(table) %}parquet.`{{ var("crosswalk_files") }}/parquet/{{ table }}.parquet`{% endmacro %}

{% macro default__crosswalk_file(table) %}{{ source("crosswalk", table) }}{% endmacro %}
