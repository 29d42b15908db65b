-- Output and value added of one class of the sports industry in one city and year.
-- key: region_code, year, industry_code
-- sensitivity: open
with final as (
    select
        region_code,
        year,
        industry_code,
        output_cny,
        value_added_cny,
        revision,
        preliminary_output_cny,
        preliminary_value_added_cny,
        released_on
    from staging.stg_industry_account
)

select * from final
