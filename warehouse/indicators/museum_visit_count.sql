-- Visits to the online sports museums in each month, by bureau.
with final as (
    select
        region_code,
        month as period,
        coalesce(sum(museum_visit_count), 0) as numerator
    from core.culture_visit
    group by region_code, month
)

select * from final
