-- Accounts of the sports industry by main class: those of the cities, and of the province where no city has one.
-- key: region_code, year, industry_code
-- sensitivity: open
with
account as (
    select
        account.region_code,
        account.year,
        account.industry_code,
        account.output_cny,
        account.value_added_cny,
        region.level
    from core.industry_account as account
    inner join core.region as region on account.region_code = region.region_code
    where length(account.industry_code) = 2
),

final as (
    -- The account of a whole holds those inside it: added to them it would count twice.
    select
        region_code,
        year,
        industry_code,
        output_cny,
        value_added_cny
    from account
    where
        level = 'city'
        or (level = 'province' and year not in (select city.year from account as city where city.level = 'city'))
)

select * from final
