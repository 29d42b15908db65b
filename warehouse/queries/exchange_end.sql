-- When the log of packages ends.
with

final as (
    select max(received_at) as last_received_at
    from core.exchange_log
)

select * from final
