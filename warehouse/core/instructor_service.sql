-- One session that an instructor led, under the pseudonym of the instructor.
-- key: service_id
-- sensitivity: restricted
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
        rating
    from staging.stg_instructor_service
)

select * from final
