-- One unit of the sports industry.
-- key: enterprise_id
-- sensitivity: internal
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
        lat
    from staging.stg_enterprise
)

select * from final
