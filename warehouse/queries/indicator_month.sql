-- The months that the figures reach back over.
select
    month,
    is_newest
from marts.mart_month
order by month desc
