-- Systems and projects of every unit, and how many of them cite a standard.
with

things as (
    select
        unit_code,
        unit_name,
        region_code,
        'system' as kind,
        standard_cited
    from core.system_register
    union all
    select
        unit_code,
        unit_name,
        region_code,
        'project' as kind,
        standard_cited
    from core.project_register
),

final as (
    select
        unit_code,
        any_value(unit_name) as unit_name,
        any_value(region_code) as region_code,
        count(*) filter (where kind = 'system') as system_count,
        count(standard_cited) filter (where kind = 'system') as citing_system_count,
        count(*) filter (where kind = 'project') as project_count,
        count(standard_cited) filter (where kind = 'project') as citing_project_count
    from things
    group by unit_code
    order by unit_code
)

select * from final
