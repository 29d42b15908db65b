-- Athletes tested in each quarter and those of them who really improved, by city of origin.
with
-- The last test of an item in each quarter; blood values show strain and health, they are no fitness.
latest as (
    select
        athlete_id,
        item_code,
        date_trunc('quarter', tested_on) as began_on,
        any_value(region_code) as region_code,
        arg_max(value, tested_on) as value,
        arg_max(typical_error, tested_on) filter (where typical_error > 0) as typical_error
    from core.athlete_test
    where item_code not in ('hemoglobin', 'ck', 'urea')
    group by athlete_id, item_code, date_trunc('quarter', tested_on)
),

gained as (
    select
        athlete_id,
        region_code,
        began_on,
        case when item_code in ('sprint_30m', 'agility_t', 'body_fat') then -1 else 1 end
        * (value - lag(value) over own)
        / (sqrt(2) * coalesce(typical_error, lag(typical_error) over own)) as gain
    from latest
    window own as (partition by athlete_id, item_code order by began_on)
),

athlete as (
    -- Added as decimals: the same whatever the order.
    select
        athlete_id,
        region_code,
        began_on,
        sum(gain::decimal(28, 9))::double / sqrt(count(*)) > 1.96 as is_improved
    from gained
    where gain is not null
    group by athlete_id, region_code, began_on
),

final as (
    select
        athlete.region_code,
        year(athlete.began_on) || '-Q' || quarter(athlete.began_on) as period,
        count(*) filter (where athlete.is_improved) as numerator,
        count(*) as denominator
    from athlete
    group by athlete.region_code, year(athlete.began_on) || '-Q' || quarter(athlete.began_on)
)

select * from final
