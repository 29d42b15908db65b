-- One region and one region that it lies in: itself, its city, its province.
-- key: region_code, above_code
-- sensitivity: open
-- scope: none, the outline of the province is known to everybody
with recursive

regions as (
    select
        region_code,
        parent_code
    from core.region
),

climbed as (
    select
        region_code,
        region_code as above_code,
        0 as step_count
    from regions
    union all
    select
        climbed.region_code,
        regions.parent_code as above_code,
        climbed.step_count + 1 as step_count
    from climbed
    inner join regions on climbed.above_code = regions.region_code
    inner join regions as above on regions.parent_code = above.region_code
    where climbed.step_count < 4
),

final as (
    select distinct
        region_code,
        above_code
    from climbed
)

select * from final
