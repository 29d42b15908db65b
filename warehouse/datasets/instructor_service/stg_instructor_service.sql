-- One session that an instructor led, under the pseudonym of the instructor, of the deliveries that stand.
-- key: service_id
with final as (
    select
        service_id,
        instructor_id,
        region_code,
        venue_id,
        discipline_code,
        started_at,
        minutes,
        is_online,
        served_count,
        rating,
        batch_id
    from curated.instructor_service
)

select * from final
