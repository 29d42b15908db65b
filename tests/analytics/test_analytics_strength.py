"""Laws of the index, each method against a second path, the compiled engine against plain loops."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.strength import (
    FORMS,
    Choices,
    IndicatorTable,
    Recipe,
    change,
    coherence,
    draw,
    influence,
    moves,
    part_draws,
    part_of,
    prepare,
    rank_draws,
    rank_table,
    require_consistent,
    sensitivity,
    strength,
)
from analytics.strength.aggregate import AGGREGATIONS, topsis
from analytics.strength.ahp import from_upper, judge
from analytics.strength.consensus import kemeny
from analytics.strength.draws import plain_part_draws, plain_rank_draws
from analytics.strength.error import counting_error
from analytics.strength.influence import correlation_ratio
from analytics.strength.normalise import NORMALISATIONS, points
from analytics.strength.recipe import result_digest
from analytics.strength.sobol import of_function
from analytics.strength.treatment import impute, is_odd, kurtosis, skewness, treat
from analytics.strength.weights import critic, entropy, pca
from kernel.errors import WordedError

PARTS = tuple(FORMS["seven"].weight)


def town(units: int = 9, indicators: int = 14, *, seed: int = 4, gaps: float = 0.0):
    """Return a table of two indicators a part, values of units and their errors."""
    rng = np.random.default_rng(seed)
    low, high = rng.uniform(0, 5, indicators), rng.uniform(20, 50, indicators)
    is_down = np.arange(indicators) % 5 == 4
    low[is_down], high[is_down] = high[is_down], low[is_down].copy()
    table = IndicatorTable.of(
        [f"i{k}" for k in range(indicators)],
        [PARTS[k % 7] for k in range(indicators)],
        low.tolist(),
        high.tolist(),
        part_weight=dict(FORMS["seven"].weight),
    )
    middle = (low + high)[:, None] / 2
    strong = rng.normal(0, 0.15, units)
    values = middle + (high - low)[:, None] * (strong + rng.normal(0, 0.15, (indicators, units)))
    if gaps:
        values[rng.random(values.shape) < gaps] = np.nan
    return table, values, np.abs(high - low)[:, None] * np.full(values.shape, 0.02)


# --- against other libraries: figures computed with pymcdm 1.4.0 and scikit-criteria 0.10 (they agree to 1e-15)

MATRIX = np.array([[3, 8, 1.5, 40], [5, 2, 2.5, 10], [1, 9, 4, 30], [4, 4, 3.5, 20], [2.5, 6, 2, 55]], dtype=float)


def test_entropy_critic_and_topsis_are_those_of_two_libraries():
    assert entropy(MATRIX) == pytest.approx(
        [0.2606976601731503, 0.26427853989487066, 0.146938286929246, 0.3280855130027331], abs=1e-12
    )
    assert critic(MATRIX) == pytest.approx(
        [0.3023178520625016, 0.22076934757659394, 0.25453373018524533, 0.22237907017565908], abs=1e-12
    )
    assert topsis(MATRIX.T, np.array([0.4, 0.3, 0.2, 0.1])) / 100 == pytest.approx(
        [0.5358643845166974, 0.5467001677156801, 0.4735664937137425, 0.5822039869110509, 0.4378740662062835], abs=1e-12
    )


def test_principal_component_is_that_of_the_singular_values():
    weight, share = pca(MATRIX)
    scaled = (MATRIX - MATRIX.mean(axis=0)) / MATRIX.std(axis=0, ddof=1)
    _, singular, rows = np.linalg.svd(scaled, full_matrices=False)
    assert share == pytest.approx(singular**2 / (singular**2).sum(), abs=1e-12)
    assert weight == pytest.approx(rows[0] / rows[0].sum(), abs=1e-9)


def test_entropy_refuses_negative_values():
    with pytest.raises(ValueError, match="not negative"):
        entropy(-MATRIX)


# --- laws


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_order_and_unit_of_measurement_do_not_matter(normalisation, aggregation):
    table, values, _ = town(indicators=21)
    for k in range(0, 21, 2):
        values[k, k % 9] = np.nan
    recipe = Recipe(normalisation=normalisation, aggregation=aggregation)
    plain = strength(prepare(table, values), recipe)
    turn = np.random.default_rng(1).permutation(values.shape[1])
    assert strength(prepare(table, values[:, turn]), recipe).score == pytest.approx(plain.score[turn], abs=1e-9)
    scale, shift = np.linspace(0.1, 1000, len(values)), np.linspace(-50, 50, len(values))
    other = IndicatorTable(
        table.codes,
        table.parts,
        table.part,
        table.low * scale + shift,
        table.high * scale + shift,
        table.weight,
        table.part_weight,
    )
    again = strength(prepare(other, values * scale[:, None] + shift[:, None]), recipe)
    assert again.score == pytest.approx(plain.score, abs=1e-7)


def test_without_the_worst_unit_no_other_score_moves_with_goalposts_only():
    table, values, _ = town()
    recipe = Recipe(is_treated=False)
    whole = strength(prepare(table, values), recipe).score
    rest = np.argsort(whole)[1:]
    assert strength(prepare(table, values[:, rest]), recipe).score == pytest.approx(whole[rest], abs=1e-12)
    relative = Recipe(is_treated=False, normalisation="minmax")
    assert not np.allclose(
        strength(prepare(table, values[:, rest]), relative).score,
        strength(prepare(table, values), relative).score[rest],
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 8), st.integers(0, 13))
def test_a_better_value_never_lowers_a_score(seed, unit, indicator):
    table, values, _ = town(seed=seed)
    better = values.copy()
    better[indicator, unit] += 0.1 * (table.high - table.low)[indicator]
    for aggregation in ("arithmetic", "geometric"):
        recipe = Recipe(aggregation=aggregation, is_treated=False)
        before, after = (strength(prepare(table, v), recipe).score for v in (values, better))
        assert after[unit] >= before[unit] - 1e-9
        assert np.delete(after, unit) == pytest.approx(np.delete(before, unit), abs=1e-12)


def test_contributions_sum_to_the_score_and_the_geometric_mean_is_never_above():
    table, values, _ = town()
    result = strength(prepare(table, values), Recipe())
    assert result.contribution.sum(axis=0) == pytest.approx(result.score, abs=1e-9)
    assert (result.gap <= 1e-9).all()


def test_index_by_hand_with_rank_without_each_part():
    table = IndicatorTable.of(
        ["a", "b", "c"], ["mass", "mass", "elite"], [0, 10, 0], [10, 0, 100], part_weight={"mass": 3, "elite": 1}
    )
    values = np.array([[5.0, 10.0, 20.0], [5.0, 0.0, 10.0], [50.0, 10.0, 90.0]])
    result = strength(prepare(table, values), Recipe(is_treated=False))
    assert result.part_points.tolist() == [[50, 100, 50], [50, 10, 90]]
    assert result.score.tolist() == [50, 77.5, 60]
    assert result.rank.tolist() == [3, 1, 2]
    assert result.rank_without("arithmetic").tolist() == [[2, 3, 1], [2, 1, 2]]
    assert result.geometric[0] == pytest.approx(50)


# --- missing data and outliers


def test_too_little_observed_gives_no_score_and_says_so():
    table, values, _ = town()
    values[[0, 7], 2] = np.nan
    prepared = prepare(table, values)
    assert prepared.unscored.tolist() == [2]
    values[:, 1:] = np.nan
    with pytest.raises(WordedError, match="two areas"):
        prepare(table, values)


def test_gaps_are_filled_from_the_own_group_and_counted():
    position = np.array([[1.0, 2.0, 9.0, np.nan], [np.nan, 4.0, 6.0, 8.0]])
    filled, sd = impute(position, np.array([0, 0, 1, 1]), "mean")
    assert filled[0].tolist() == [1, 2, 9, 9]
    assert filled[1].tolist() == [4, 4, 6, 8]
    assert sd[0, 0] == 0
    assert sd[0, 3] == pytest.approx(np.std([1, 2, 9], ddof=1))
    table, values, _ = town(indicators=21)
    values[3, 4] = np.nan
    prepared = prepare(table, values)
    assert prepared.imputed_share[4] == pytest.approx(table.effective_weight[3])
    assert prepared.imputed_share.sum() == pytest.approx(table.effective_weight[3])


def test_an_indicator_that_few_have_is_left_out_and_its_weight_shared():
    table, values, _ = town()
    values[0, :6] = np.nan
    prepared = prepare(table, values)
    assert prepared.left_out == ("i0",)
    assert prepared.table.effective_weight.sum() == pytest.approx(1)


def test_outliers_are_drawn_in_and_hopeless_tails_put_on_a_logarithm():
    rng = np.random.default_rng(0)
    row = rng.normal(0.5, 0.1, 200)
    row[3] = 9.0
    heavy = np.concatenate([rng.normal(2, 0.5, 190), 10.0 ** np.arange(1, 11)])
    assert is_odd(row)
    assert is_odd(heavy)
    treated = treat(np.stack([row, heavy, rng.normal(0.5, 0.1, 200)]))
    assert treated.winsorised.tolist() == [1, 0, 0]
    assert treated.is_logged.tolist() == [False, True, False]
    assert treated.position[0, 3] == np.sort(row)[-2]
    assert (np.argsort(treated.position[1]) == np.argsort(heavy)).all()
    # The slope is that of the logarithm: a small step of the value moves the position so much.
    bumped = heavy.copy()
    middle = int(np.argsort(heavy)[190])
    bumped[middle] += 1e3
    step = treat(bumped[None]).position[0, middle] - treated.position[1, middle]
    assert step / 1e3 == pytest.approx(treated.slope[1, middle], rel=1e-3)


def test_skewness_and_kurtosis_are_the_unbiased_ones():
    from scipy.stats import kurtosis as scipy_kurtosis
    from scipy.stats import skew

    x = np.random.default_rng(2).exponential(size=30)
    assert skewness(x) == pytest.approx(skew(x, bias=False))
    assert kurtosis(x) == pytest.approx(scipy_kurtosis(x, bias=False))


def test_errors_of_shares_and_counts():
    share = counting_error(np.array([50.0]), np.array([50.0]), np.array([100.0]), is_share=True)
    assert share[0] == pytest.approx(5.0)
    count = counting_error(np.array([200.0, 0.0]), np.array([100.0, 0.0]), np.array([1.0, 1.0]), is_share=False)
    assert count.tolist() == [20.0, 0.0]


# --- weights by judgement, forms, recipes


def test_contradicting_judgements_are_refused_and_the_pair_named():
    with pytest.raises(WordedError) as caught:
        require_consistent(from_upper([9, 1 / 9, 9], 3), ("mass", "elite", "events"))
    message, fix = caught.value.said("en")
    assert "consistency ratio" in message
    assert "Mass sport against Elite sport" in fix
    assert "“群众体育”相对“竞技体育”" in caught.value.said("zh")[1]
    consistent = judge(from_upper([2, 6, 3], 3))
    assert consistent.weight == pytest.approx([0.6, 0.3, 0.1])
    assert consistent.ratio == pytest.approx(0, abs=1e-12)


def test_every_way_of_weighting_gives_weights_that_sum_to_one():
    table, values, _ = town(units=30)
    prepared = prepare(table, values)
    for weighting in ("given", "equal", "entropy", "critic"):
        assert strength(prepared, Recipe(weighting=weighting)).part_weight.sum() == pytest.approx(1)
    own = strength(prepared, Recipe(weighting="own", own=(4, 0, 0, 0, 0, 0, 0)))
    assert own.score == pytest.approx(own.part_points[0])
    same = strength(prepared, Recipe(weighting="ahp", judgements=(1.0,) * 21))
    assert same.part_weight == pytest.approx(np.full(7, 1 / 7))


def test_a_negative_component_is_refused_in_words():
    table = IndicatorTable.of(
        ["a", "b", "c"], ["mass", "elite", "events"], [0] * 3, [1] * 3, part_weight=dict.fromkeys(PARTS, 1)
    )
    x = np.linspace(0, 1, 12)
    values = np.stack([x, x + 0.01 * np.sin(40 * x), 1 - x])
    with pytest.raises(WordedError, match="negative") as caught:
        strength(prepare(table, values), Recipe(weighting="pca"))
    assert "体育赛事" in caught.value.said("zh")[0]
    values[2] = x**2
    assert strength(prepare(table, values), Recipe(weighting="pca")).part_weight.min() > 0.3


def test_own_weights_on_parts_that_nothing_stands_for_are_refused_and_not_replaced():
    table = IndicatorTable.of(["a", "b"], ["mass", "service"], [0, 0], [1, 1], part_weight=dict.fromkeys(PARTS, 1))
    prepared = prepare(table, np.linspace(0, 1, 8).reshape(2, 4))
    with pytest.raises(WordedError, match="weights"):
        strength(prepared, Recipe(weighting="own", own=(0, 100, 0, 0, 0, 0, 0)))
    assert strength(prepared, Recipe(weighting="own", own=(1, 100, 0, 0, 0, 0, 3))).part_weight.tolist() == [0.25, 0.75]


def test_forms_put_every_indicator_into_one_part_and_weigh_one():
    for form in FORMS.values():
        assert sum(form.weight.values()) == pytest.approx(1)
        assert {part_of(form, "x", dimension) for dimension in PARTS} <= set(form.weight)
    assert [len(FORMS[name].weight) for name in ("seven", "five", "eight")] == [7, 5, 8]
    assert part_of(FORMS["five"], "venue_area_per_capita", "mass") == "support"
    assert part_of(FORMS["seven"], "venue_area_per_capita", "mass") == "mass"


def test_a_recipe_survives_json_and_its_result_has_one_hash():
    import json

    recipe = Recipe(weighting="own", own=(1, 2, 3, 4, 5, 6, 7), aggregation="geometric")
    again = Recipe.from_dict(json.loads(json.dumps(recipe.as_dict())))
    assert again == recipe
    score = np.array([1.0, 2.0])
    assert result_digest(recipe, ("a", "b"), score) == result_digest(recipe, ("b", "a"), score[::-1])
    assert result_digest(recipe, ("a", "b"), score) != result_digest(recipe, ("a", "b"), score + 1e-6)
    for wrong in ({"weighting": "own"}, {"normalisation": "x"}, {"weighting": "ahp", "judgements": (1.0,)}):
        with pytest.raises(ValueError, match=r"numbers|none of"):
            Recipe(**wrong)


# --- draws

EVERYTHING = Choices(normalisations=NORMALISATIONS, aggregations=AGGREGATIONS)


def test_compiled_draws_are_those_of_plain_loops():
    table, values, error = town(gaps=0.05)
    prepared = prepare(table, values, error=error)
    drawn = draw(prepared, Recipe(), 120, seed=3, choices=EVERYTHING)
    world = drawn.worlds
    fast = part_draws(prepared, world)
    slow = plain_part_draws(prepared, prepared.sd, (world.base, world.normalisation, world.weight, world.key))
    assert np.abs(fast - slow).max() < 1e-4
    weight = drawn.part_weight(table.part_weight)
    score, rank = rank_draws(fast, weight, drawn.aggregation)
    slow_score, slow_rank = plain_rank_draws(fast, weight, drawn.aggregation)
    assert np.abs(score - slow_score).max() < 1e-4
    assert (rank == slow_rank).all()


def test_draws_depend_on_the_seed_only_not_on_blocks_or_threads():
    table, values, error = town()
    prepared = prepare(table, values, error=error)
    drawn = draw(prepared, Recipe(), 500, seed=7, choices=EVERYTHING)
    whole = part_draws(prepared, drawn.worlds)
    with ThreadPoolExecutor(2) as pool:
        parts = part_draws(prepared, drawn.worlds, spread=pool.map, block=37)
    assert (whole == parts).all()
    again = draw(prepared, Recipe(), 500, seed=7, choices=EVERYTHING)
    assert (again.worlds.key == drawn.worlds.key).all()
    assert (draw(prepared, Recipe(), 500, seed=8, choices=EVERYTHING).worlds.key != drawn.worlds.key).any()


def test_without_anything_uncertain_every_draw_is_the_index_itself():
    table, values, _ = town()
    recipe = Recipe()
    prepared = prepare(table, values)
    single = Choices(("goalposts",), ("arithmetic",), ("median",), (True,), width=0.0, has_data_error=False)
    drawn = draw(prepared, recipe, 8, seed=0, choices=single)
    result = strength(prepared, recipe)
    points_of = part_draws(prepared, drawn.worlds)
    score, rank = rank_draws(points_of, drawn.part_weight(result.part_weight), drawn.aggregation)
    assert np.abs(score - result.score).max() < 1e-4
    assert (rank == result.rank).all()
    table_of = rank_table(rank)
    assert (table_of.low == table_of.high).all()


def test_rank_table_of_ranks_counted_by_hand():
    rank = np.array([[1, 2, 3]] * 5 + [[2, 1, 3]] * 4 + [[1, 1, 3]], dtype=np.uint16)
    found = rank_table(rank)
    assert found.above[0, 1] == pytest.approx(0.55)
    assert np.allclose(found.above + found.above.T, 1)
    assert found.low.tolist() == [1, 1, 3]
    assert found.high.tolist() == [2, 2, 3]
    assert found.top(1).tolist() == [0.6, 0.5, 0]
    assert found.mean.tolist() == [1.4, 1.5, 3]
    assert found.order.tolist() == [0, 1, 2]


def test_tiers_are_runs_of_the_order_and_follow_the_gaps():
    rng = np.random.default_rng(0)
    score = np.repeat([90, 60, 50, 20], 4) + rng.normal(0, 3, (400, 16))
    rank = (1 + (score[:, None, :] > score[:, :, None]).sum(axis=2)).astype(np.uint16)
    assert rank_table(rank).tier.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4


# --- sensitivity, influence, coherence


def test_sobol_indices_of_the_g_function_are_the_known_ones():
    a = np.array([0.0, 1.0, 4.5, 9.0])
    found = of_function(
        lambda x: np.prod((np.abs(4 * x - 2) + a) / (1 + a), axis=1), ("a", "b", "c", "d"), rows=4096, seed=1
    )
    partial = 1 / (3 * (1 + a) ** 2)
    variance = np.prod(1 + partial) - 1
    assert found.variance == pytest.approx(variance, rel=0.03)
    assert found.first == pytest.approx(partial / variance, abs=0.02)
    total = partial * np.prod(1 + partial) / (1 + partial) / variance
    assert found.total == pytest.approx(total, abs=0.02)
    assert (found.total_error < 0.05).all()


def test_sensitivity_names_the_factor_that_decides_and_zero_where_nothing_varies():
    table, values, error = town(units=12)
    prepared = prepare(table, values, error=error)
    recipe = Recipe()
    result = strength(prepared, recipe)
    only_error = Choices(("goalposts",), ("arithmetic",), ("median",), (True,), width=0.0)
    found = sensitivity(prepared, recipe, result.part_weight, result.rank, rows=64, choices=only_error)
    assert found.factors[int(np.argmax(found.total))] == "data_error"
    assert found.total[found.factors.index("aggregation")] == pytest.approx(0, abs=1e-12)
    still = Choices(("goalposts",), ("arithmetic",), ("median",), (True,), width=0.0, has_data_error=False)
    assert sensitivity(prepared, recipe, result.part_weight, result.rank, rows=32, choices=still).variance == 0
    one = sensitivity(prepared, recipe, result.part_weight, result.rank, rows=64, unit=3)
    assert len(one.total) == len(one.factors) == 6 + 7


def test_influence_is_what_an_index_without_the_indicator_says():
    table, values, _ = town(units=20)
    recipe = Recipe(is_treated=False)
    prepared = prepare(table, values)
    result = strength(prepared, recipe)
    found = influence(prepared, recipe, result)
    rest = np.arange(len(table.codes)) != 3
    shorter = strength(prepare(table.keep(rest), values[rest]), recipe)
    assert (found.shift[3] == shorter.rank - result.rank).all()
    assert found.largest_shift[3] == np.abs(found.shift[3]).max()


def test_correlation_ratio_is_one_for_steps_and_small_for_noise():
    x = np.repeat(np.arange(5.0), 8)
    assert correlation_ratio(x, (x - 2) ** 2) == pytest.approx(1)
    rng = np.random.default_rng(0)
    assert np.mean([correlation_ratio(rng.random(40), rng.random(40)) for _ in range(40)]) < 0.1
    assert correlation_ratio(np.ones(20), rng.random(20)) == 0


def test_alpha_of_equal_and_of_unrelated_indicators():
    table, values, _ = town(units=60)
    values[7] = table.low[7] + (table.high - table.low)[7] * table.position(values)[0]
    prepared = prepare(table, values)
    result = strength(prepared, Recipe(normalisation="z", is_treated=False))
    found = coherence(prepared, result)
    assert found.alpha[0] == pytest.approx(1)
    assert found.component.sum() == pytest.approx(1)
    assert np.allclose(found.correlation, np.corrcoef(result.points))


# --- moves, panel, consensus


def test_the_smallest_change_gains_the_place_in_nine_of_ten_draws_and_hardly_less_does_not():
    table, values, error = town(units=10, seed=11)
    recipe = Recipe(is_treated=False)
    prepared = prepare(table, values, error=error)
    result = strength(prepared, recipe)
    order = np.argsort(result.rank)
    closest = int(np.argmax(np.diff(result.score[order])))
    unit, rival = int(order[closest + 1]), int(order[closest])
    fixed = Choices(("goalposts",), ("arithmetic", "geometric"), ("median",), (False,))
    drawn = draw(prepared, recipe, 800, seed=2, choices=fixed)
    move = moves(prepared, recipe, drawn, result.part_weight, unit=unit, rival=rival)
    assert move.chance < 0.9
    j = int(np.argmin(move.change))

    def chance(step):
        raised = values.copy()
        raised[j, unit] += step * (table.high - table.low)[j]
        now = prepare(table, raised, error=error)
        _, rank = rank_draws(part_draws(now, drawn.worlds), drawn.part_weight(result.part_weight), drawn.aggregation)
        return (rank[:, unit] < rank[:, rival]).mean()

    assert np.isfinite(move.change[j])
    assert chance(move.change[j] + 1e-5) >= 0.9
    assert chance(move.change[j] - 0.01) < 0.9
    assert move.to_value[j] == pytest.approx(values[j, unit] + move.change[j] * (table.high - table.low)[j])
    assert len(move.together) == 3
    assert move.together_change <= np.min(move.change[list(move.together)]) + 1e-9


@pytest.mark.parametrize("is_geometric", [False, True])
def test_the_change_between_years_is_divided_exactly(is_geometric):
    table, values, _ = town()
    later = values + 0.05 * np.abs(values)
    before, after = table.position(values), table.position(later)
    seen = before.copy()
    seen[2, 3] = np.nan
    weight = table.part_weight
    found = change(table, weight, (seen, before), (after, after), is_geometric=is_geometric)
    parts = found.own + found.filled + found.goalposts
    assert parts.sum(axis=0) == pytest.approx(found.total, abs=1e-9)
    assert not found.goalposts.any()
    assert found.own[2, 3] == 0
    recipe = Recipe(aggregation="geometric" if is_geometric else "arithmetic", is_treated=False)
    both = [strength(prepare(table, v), recipe).score for v in (values, later)]
    assert found.total == pytest.approx(both[1] - both[0], abs=1e-9)
    moved = change(
        table,
        weight,
        (before, before),
        (before, before),
        is_geometric=is_geometric,
        earlier_posts=(table.low, table.high + 5),
    )
    assert moved.own == pytest.approx(np.zeros_like(before), abs=1e-9)
    assert moved.goalposts.sum(axis=0) == pytest.approx(moved.total, abs=1e-9)


def test_orders_of_many_candidates_are_refused():
    with pytest.raises(ValueError, match="at most"):
        kemeny({"abcdefghi": 1})


def test_goalpost_points_are_clipped_and_all_points_lie_between_0_and_100():
    x = np.array([[-0.5, 0.2, 0.4, 1.7]])
    assert points(x, "goalposts").tolist() == [[0, 20, 40, 100]]
    assert points(x, "rank")[0] == pytest.approx([0, 100 / 3, 200 / 3, 100])
    for how in NORMALISATIONS:
        assert (points(x, how) >= 0).all()
        assert (points(x, how) <= 100).all()


def test_a_table_with_equal_goalposts_or_repeated_codes_is_refused():
    with pytest.raises(ValueError, match="coincide"):
        IndicatorTable.of(["a"], ["mass"], [1], [1], part_weight={"mass": 1})
    with pytest.raises(ValueError, match="once"):
        IndicatorTable.of(["a", "a"], ["mass", "mass"], [0, 0], [1, 1], part_weight={"mass": 1})
