select *
from core.plan_item
order by item_id
