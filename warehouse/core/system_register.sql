-- One information system of the register.
-- key: system_id
-- sensitivity: internal
with final as (
    select
        system_id,
        system_name,
        unit_code,
        unit_name,
        region_code,
        theme,
        hosting,
        is_exempt,
        exempt_reason,
        went_live_on,
        moved_to_cloud_on,
        mlps_level,
        mlps_assessed_on,
        mlps_valid_until,
        crypto_state,
        open_finding_count,
        availability_pct,
        monthly_cost_cny,
        standard_cited
    from staging.stg_system_register
)

select * from final
