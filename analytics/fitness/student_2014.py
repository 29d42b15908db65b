"""Scores of pupils by the national student standard (国家学生体质健康标准, revised 2014), driven by its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

# What the tables call an item -> the column that holds it.
ITEMS: dict[str, str] = {
    "BMI": "bmi",
    "肺活量": "vital_capacity_ml",
    "50米跑": "run_50m_s",
    "坐位体前屈": "sit_and_reach_cm",
    "立定跳远": "standing_jump_cm",
    "1分钟跳绳": "rope_skipping_count",
    "1分钟仰卧起坐": "sit_ups_count",
    "引体向上": "pull_ups_count",
    "50米×8往返跑": "shuttle_run_50m_8_s",
    "800米跑": "run_800m_s",
    "1000米跑": "run_1000m_s",
}
SEXES: dict[str, str] = {"男": "male", "女": "female"}
GRADES = ("P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3", "S1", "S2", "S3", "U12", "U34")
RESULTS: tuple[tuple[float, str], ...] = ((90.0, "excellent"), (80.0, "good"), (60.0, "pass"), (0.0, "fail"))
_UPPER = GRADES[6:]
_STAGES: dict[str, tuple[str, ...]] = {
    "小学一、二年级": GRADES[0:2],
    "小学三、四年级": GRADES[2:4],
    "小学五、六年级": GRADES[4:6],
    "初中高中大学": _UPPER,
    "小学": GRADES[0:6],
}
# A float that was read from text may lie a hair beside the limit that it equals.
_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rows of one item for one sex and grade.

    Attributes
    ----------
    limits : float64, shape (rows,)
        What must be reached, worst first; times are negative, so that more is always better.
    scores : float64, shape (rows,)
        Points of each row; below the first row there are 0.
    is_time : bool
        Whether less is better.
    """

    limits: Floats
    scores: Floats
    is_time: bool

    def score(self, values: Floats) -> Floats:
        """Return the points of values, shape (n,); NaN where the value is NaN."""
        reached = np.searchsorted(self.limits, self._upwards(values) + _HAIR, side="right")
        return np.where(np.isnan(values), np.nan, np.concatenate(([0.0], self.scores))[reached])

    def excess(self, values: Floats) -> Floats:
        """Return by how much values are better than the best row, shape (n,), at least 0."""
        return np.maximum(np.nan_to_num(self._upwards(values)) - self.limits[-1], 0.0) * ~np.isnan(values)

    def limit_of(self, score: float) -> float:
        """Return the value that just gets a number of points, interpolated between rows."""
        value = float(np.interp(score, self.scores, self.limits))
        return -value if self.is_time else value

    def _upwards(self, values: Floats) -> Floats:
        return -values if self.is_time else values


@dataclass(frozen=True, slots=True)
class StudentStandard:
    """The tables of the standard, ready for use.

    Attributes
    ----------
    ladders : mapping
        ``(column, sex_code, grade_code)`` -> `Ladder`.
    bmi : mapping
        ``(sex_code, grade_code)`` -> smallest index that is normal, overweight, obese (kg/m2).
    bmi_scores : tuple of float
        Points of underweight, normal, overweight, obese.
    weights : mapping
        ``(sex_code, grade_code)`` -> ``{column: percent}``; they sum to 100.
    bonus : mapping
        ``(column, sex_code, grade_code)`` -> excess over the best row (ascending) and points for it.
    """

    ladders: Mapping[tuple[str, str, str], Ladder]
    bmi: Mapping[tuple[str, str], Floats]
    bmi_scores: tuple[float, float, float, float]
    weights: Mapping[tuple[str, str], Mapping[str, float]]
    bonus: Mapping[tuple[str, str, str], tuple[Floats, Floats]]


def student_standard(
    scores: pl.DataFrame, bmi: pl.DataFrame, weights: pl.DataFrame, bonus: pl.DataFrame
) -> StudentStandard:
    """Return the standard read from its four tables.

    Parameters
    ----------
    scores : polars.DataFrame
        ``item, sex, grade_code, score, threshold, better`` as text (``student_standard_2014_scores.csv``).
    bmi : polars.DataFrame
        ``sex, grade_code, underweight_max(80), normal_min(100), overweight_min(80), obese_min(60)`` as text.
    weights : polars.DataFrame
        ``grades, item, weight_pct`` as text.
    bonus : polars.DataFrame
        ``item, grades, bonus_points, excess_over_100_row`` as text; times as negative excess.

    Raises
    ------
    ValueError
        When the weights of a sex and grade do not sum to 100.
    """
    standard = StudentStandard(
        ladders=_ladders(scores),
        bmi=_bmi(bmi),
        bmi_scores=(80.0, 100.0, 80.0, 60.0),
        weights=_weights(weights),
        bonus=_bonus(bonus),
    )
    wrong = [key for key, parts in standard.weights.items() if abs(sum(parts.values()) - 100) > _HAIR]
    if wrong:
        raise ValueError(f"the weights of {wrong} do not sum to 100")
    return standard


def score_pupils(pupils: pl.DataFrame, standard: StudentStandard) -> pl.DataFrame:
    """Return the points of every item, the bonus, the total and the result of each pupil, in the same order.

    Parameters
    ----------
    pupils : polars.DataFrame
        ``sex_code, grade_code, height_cm, weight_kg`` and the item columns of :data:`ITEMS`; items that a grade does
        not take are not looked at.

    Returns
    -------
    polars.DataFrame
        ``bmi`` (kg/m2, one decimal), ``<item>_score`` for each item, ``bonus_points``, ``total_score`` (one decimal, 0
        to 120, null when an item that the grade takes is missing) and ``result_code`` (:data:`RESULTS`).
    """
    height = _floats(pupils, "height_cm") / 100
    values = {column: _floats(pupils, column) for column in ITEMS.values() if column in pupils.columns}
    values["bmi"] = np.round(_floats(pupils, "weight_kg") / height**2 + _HAIR, 1)
    points = {column: np.full(pupils.height, np.nan) for column in ITEMS.values()}
    total, bonus = np.full(pupils.height, np.nan), np.zeros(pupils.height)
    groups = pupils.select("sex_code", "grade_code").with_row_index("row").group_by("sex_code", "grade_code").agg("row")
    for sex, grade, rows in groups.iter_rows():
        own = np.asarray(rows, dtype=np.int64)
        summed = np.zeros(len(own))
        for column, weight in standard.weights.get((sex, grade), {}).items():
            found = values[column][own] if column in values else np.full(len(own), np.nan)
            points[column][own] = item_score(standard, column, sex, grade, found)
            bonus[own] += bonus_points(standard, column, sex, grade, found)
            summed += points[column][own] * weight / 100
        total[own] = summed if (sex, grade) in standard.weights else np.nan
    total = np.round(total + bonus + _HAIR, 1)
    named = {f"{column}_score": pl.Series(score).fill_nan(None) for column, score in points.items()}
    frame = pl.DataFrame(
        {"bmi": pl.Series(values["bmi"]).fill_nan(None)}
        | named
        | {"bonus_points": bonus, "total_score": pl.Series(total).fill_nan(None)}
    )
    return frame.with_columns(result_code=result_of(pl.col("total_score")))


def item_score(standard: StudentStandard, column: str, sex: str, grade: str, values: Floats) -> Floats:
    """Return the points of one item for one sex and grade, shape (n,); NaN where the value is missing."""
    if column != "bmi":
        return standard.ladders[column, sex, grade].score(values)
    place = np.searchsorted(standard.bmi[sex, grade], values + _HAIR, side="right")
    return np.where(np.isnan(values), np.nan, np.asarray(standard.bmi_scores)[place])


def bonus_points(standard: StudentStandard, column: str, sex: str, grade: str, values: Floats) -> Floats:
    """Return the points above 100 that an item earns, shape (n,); 0 where the item earns none."""
    if (column, sex, grade) not in standard.bonus:
        return np.zeros(len(values))
    limits, points = standard.bonus[column, sex, grade]
    beyond = standard.ladders[column, sex, grade].excess(values)
    reached = np.searchsorted(limits, beyond + _HAIR, side="right")
    return np.concatenate(([0.0], points))[reached]


def result_of(total: pl.Expr) -> pl.Expr:
    """Return the result that a total score stands for; null where there is none."""
    graded = pl.lit(None, dtype=pl.String)
    for limit, code in reversed(RESULTS):
        graded = pl.when(total >= limit).then(pl.lit(code)).otherwise(graded)
    return graded


def _floats(frame: pl.DataFrame, column: str) -> Floats:
    return frame[column].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _ladders(table: pl.DataFrame) -> dict[tuple[str, str, str], Ladder]:
    numbers = table.with_columns(pl.col("score").cast(pl.Float64), pl.col("threshold").cast(pl.Float64))
    found = {}
    for (item, sex, grade), rows in numbers.group_by("item", "sex", "grade_code"):
        ordered = rows.sort("score")
        is_time = ordered["better"][0] == "lower"
        limits = ordered["threshold"].to_numpy() * (-1 if is_time else 1)
        found[ITEMS[str(item)], SEXES[str(sex)], str(grade)] = Ladder(limits, ordered["score"].to_numpy(), is_time)
    return found


def _bmi(table: pl.DataFrame) -> dict[tuple[str, str], Floats]:
    columns = ("normal_min(100)", "overweight_min(80)", "obese_min(60)")
    return {
        (SEXES[row["sex"]], grade): np.array([float(row[name]) for name in columns])
        for row in table.iter_rows(named=True)
        for grade in row["grade_code"].split("/")
    }


def _weights(table: pl.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    for stage, items, percent in table.select("grades", "item", "weight_pct").iter_rows():
        for written, sex in SEXES.items():
            for grade in _STAGES[stage]:
                found.setdefault((sex, grade), {})[ITEMS[_item_for(items, written)]] = float(percent)
    return found


def _item_for(items: str, sex: str) -> str:
    """Return the item that a sex takes of a cell like ``1000米跑(男)/800米跑(女)``."""
    for part in items.split("/"):
        if part.endswith(f"({sex})"):
            return part.removesuffix(f"({sex})")
    return items


def _bonus(table: pl.DataFrame) -> dict[tuple[str, str, str], tuple[Floats, Floats]]:
    numbers = table.with_columns(
        points=pl.col("bonus_points").cast(pl.Float64), excess=pl.col("excess_over_100_row").cast(pl.Float64).abs()
    )
    found = {}
    for (item, written), rows in numbers.group_by("item", "grades"):
        stage, _, sex = str(written).partition(" ")
        ordered = rows.sort("excess")
        for code in [SEXES[sex]] if sex else SEXES.values():
            for grade in _STAGES[stage]:
                found[ITEMS[str(item)], code, grade] = (ordered["excess"].to_numpy(), ordered["points"].to_numpy())
    return found
