-- Value added of the sports industry and the product of each city, in yuan, for years of which both are known.
with
product as (
    -- Sources may print different figures of one year: the middle one counts.
    select
        region_code,
        year,
        median(value) * 1e8 as gdp_cny
    from core.regional_statistic
    where measure_code = 'gdp' and unit = '100m_cny'
    group by region_code, year
),

added as (
    select
        region_code,
        year,
        sum(value_added_cny::decimal(28, 6)) as value_added_cny
    from marts.mart_industry_year
    group by region_code, year
),

final as (
    select
        a.region_code,
        a.year::varchar as period,
        a.value_added_cny as numerator,
        p.gdp_cny as denominator
    from added as a
    inner join product as p on a.region_code = p.region_code and a.year = p.year
)

select * from final
