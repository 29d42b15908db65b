-- Outdoor equipment at the end of each month, by county and kind: what stands, what of it is past its life or broken.
-- key: region_code, kind_code, month
-- sensitivity: internal
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
        grid.month,
        sum(coalesce(changed.placed, 0)) over so_far as placed,
        sum(coalesce(changed.fit, 0)) over so_far as fit
    from (
        select kinds.region_code, kinds.kind_code, m.began_on, m.month
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

ticket as (
    select
        equipment_id,
        (make_timestamp(epoch_us(reported_at)) + interval 8 hour)::date as from_day,
        coalesce((make_timestamp(epoch_us(repaired_at)) + interval 8 hour)::date, date '9999-12-31') as until_day
    from core.repair_order
    where state <> 'rejected'
),

broken as (
    select
        device.region_code,
        device.kind_code,
        m.month,
        count(distinct device.equipment_id) as broken
    from ticket
    inner join marts.mart_month as m on ticket.from_day <= m.ended_on and ticket.until_day > m.ended_on
    inner join device
        on
            ticket.equipment_id = device.equipment_id
            and device.installed_on <= m.ended_on
            and device.fit_until > m.ended_on
    group by device.region_code, device.kind_code, m.month
),

final as (
    select
        stock.region_code,
        stock.kind_code,
        stock.month,
        stock.placed::bigint as placed_count,
        (stock.placed - stock.fit)::bigint as expired_count,
        -- Within its life, with a ticket open.
        coalesce(broken.broken, 0) as broken_count
    from stock
    left join broken
        on
            stock.region_code = broken.region_code
            and stock.kind_code = broken.kind_code
            and stock.month = broken.month
    where stock.placed > 0
)

select * from final
