-- Outdoor equipment in place at the end of each quarter and what of it is past its service life, by kind.
with
device as (
    select
        equipment_id,
        region_code,
        kind_code,
        installed_on,
        coalesce(removed_on, date '9999-12-31') as gone_on,
        least(
            (installed_on + to_years(service_life_years::integer))::date, coalesce(removed_on, date '9999-12-31')
        ) as fit_until
    from core.equipment
    where
        -- A device that is gone since an unknown day is not counted at all.
        (state <> 'removed' or removed_on is not null)
        and coalesce(removed_on, date '9999-12-31') > installed_on
),

change as (
    select region_code, kind_code, installed_on as day, 1 as placed, 1 as fit from device
    union all
    select region_code, kind_code, gone_on, -1, 0 from device where gone_on < date '9999-12-31'
    union all
    select region_code, kind_code, fit_until, 0, -1 from device
),

changed as (
    -- What happened before the first month is the stock that it begins with.
    select
        change.region_code,
        change.kind_code,
        greatest(date_trunc('month', change.day)::date, (select min(began_on) from marts.mart_month)) as began_on,
        sum(change.placed) as placed,
        sum(change.fit) as fit
    from change
    group by all
),

stock as (
    -- Summed up month by month: one pass over the devices instead of one for each month.
    select
        grid.region_code,
        grid.kind_code,
        grid.began_on,
        grid.month,
        grid.quarter,
        grid.ended_on,
        sum(coalesce(changed.placed, 0)) over so_far as placed,
        sum(coalesce(changed.fit, 0)) over so_far as fit
    from (
        select kinds.region_code, kinds.kind_code, m.began_on, m.month, m.quarter, m.ended_on
        from (select distinct region_code, kind_code from device) as kinds
        cross join marts.mart_month as m
    ) as grid
    left join changed
        on
            grid.region_code = changed.region_code
            and grid.kind_code = changed.kind_code
            and grid.began_on = changed.began_on
    window so_far as (partition by grid.region_code, grid.kind_code order by grid.began_on)
),

quarter_end as (select max(began_on) as began_on from marts.mart_month group by quarter),

final as (
    select
        stock.region_code,
        stock.quarter as period,
        stock.kind_code as part_code,
        stock.placed - stock.fit as numerator,
        stock.placed as denominator
    from stock
    inner join quarter_end on stock.began_on = quarter_end.began_on
    where stock.placed > 0
)

select * from final
