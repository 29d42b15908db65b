-- One training course and its provider, of the deliveries that stand.
-- key: course_id
with final as (
    select
        course_id,
        provider_code,
        provider_name,
        region_code,
        discipline_code,
        start_on,
        end_on,
        is_youth,
        lesson_count,
        capacity_count,
        enrolled_count,
        price_cny,
        prepaid_months,
        rating,
        complaint_count,
        refund_count,
        batch_id
    from curated.training_course
)

select * from final
