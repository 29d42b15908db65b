-- Street network for walking: one street segment between two junctions of the deliveries that stand.
-- key: street_id
with final as (
    select
        street_id,
        from_node_id,
        to_node_id,
        kind,
        is_walkable,
        speed_factor,
        has_steps,
        is_bridge,
        street_name,
        geometry,
        batch_id
    from curated.street
)

select * from final
