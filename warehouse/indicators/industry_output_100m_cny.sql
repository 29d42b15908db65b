-- Output of the sports industry by city, year and main class; the newest revision is what the account holds.
with final as (
    select
        region_code,
        year::varchar as period,
        industry_code as part_code,
        sum(output_cny::decimal(28, 6)) as numerator
    from marts.mart_industry_year
    group by region_code, year, industry_code
)

select * from final
