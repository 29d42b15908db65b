-- One unit of the sports industry, of the deliveries that stand.
-- key: enterprise_id
with final as (
    select
        enterprise_id,
        enterprise_name,
        kind_code,
        industry_code,
        region_code,
        high_risk_kind,
        founded_on,
        closed_on,
        report_year,
        revenue_cny,
        employee_count,
        lon,
        lat,
        batch_id
    from curated.enterprise
)

select * from final
