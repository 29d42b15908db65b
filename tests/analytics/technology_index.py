"""Published example: the Technology Achievement Index of the OECD/JRC handbook on composite indicators (Table A.2).

The eight columns are patents, royalties, internet, exports, log10 telephones, log10 electricity, schooling, university.
"""

from __future__ import annotations

import numpy as np

from analytics.strength.table import IndicatorTable

COLUMNS = ("patents", "royalties", "internet", "exports", "telephones", "electricity", "schooling", "university")
PARTS = ("creation", "recent", "old", "skills")

# Country, rank with equal weights and with the budget allocation weights (Table 23 prints one column for both),
# score with equal weights, then the eight values.
_ROWS = """
Finland 1 .745 187 125.6 200.2 50.7 3.08 4.15 10 27.4
UnitedStates 2 .733 289 130 179.1 66.2 3.00 4.07 12 13.9
Sweden 3 .704 271 156.6 125.8 59.7 3.10 4.14 11.4 15.3
Japan 4 .698 994 64.6 49 80.8 3.00 3.86 9.5 10
Korea 5 .666 779 9.8 4.8 66.7 2.97 3.65 10.8 23.2
Netherlands 6 .630 189 151.2 136 50.9 3.02 3.77 9.4 9.5
UnitedKingdom 7 .606 82 134 57.4 61.9 3.02 3.73 9.4 14.9
Canada 9 .590 31 38.6 108 48.7 2.94 4.18 11.6 14.2
Australia 10 .588 75 18.2 125.9 16.2 2.94 3.94 10.9 25.3
Singapore 8 .597 8 25.5 72.3 74.9 2.95 3.83 7.1 24.2
Germany 11 .583 235 36.8 41.2 64.2 2.94 3.75 10.2 14.4
Norway 12 .580 103 20.2 193.6 19 3.12 4.39 11.9 11.2
Ireland 13 .567 106 110.3 48.6 53.6 2.97 3.68 9.4 12.3
Belgium 14 .553 72 73.9 58.9 47.6 2.91 3.86 9.3 13.6
NewZealand 15 .549 103 13 146.7 15.4 2.86 3.91 11.7 13.1
Austria 16 .545 165 14.8 84.2 50.3 2.99 3.79 8.4 13.6
France 17 .536 205 33.6 36.4 58.9 2.97 3.80 7.9 12.6
Israel 18 .515 74 43.6 43.2 45 2.96 3.74 9.6 11
Spain 19 .481 42 8.6 21 53.4 2.86 3.62 7.3 15.6
Italy 20 .472 13 9.8 30.4 51 3.00 3.65 7.2 13
Czech 21 .466 28 4.2 25 51.7 2.75 3.68 9.5 8.2
Hungary 22 .465 26 6.2 21.6 63.5 2.73 3.46 9.1 7.7
Slovenia 23 .459 105 4 20.3 49.5 2.84 3.71 7.1 10.6
"""
_CELLS = [line.split() for line in _ROWS.strip().splitlines()]
NAMES = [cells[0] for cells in _CELLS]
EQUAL_RANK = [int(cells[1]) for cells in _CELLS]
SCORE = [float(cells[2]) for cells in _CELLS]
VALUES = np.array([[float(cell) for cell in cells[3:]] for cells in _CELLS]).T

# Table 23, ranks by the weights of a budget allocation.
BUDGET = (0.11, 0.11, 0.11, 0.18, 0.10, 0.06, 0.15, 0.18)
BUDGET_RANK = {
    "Finland": 1,
    "UnitedStates": 2,
    "Sweden": 3,
    "Japan": 5,
    "Korea": 4,
    "Netherlands": 8,
    "UnitedKingdom": 7,
    "Singapore": 6,
    "Canada": 10,
    "Australia": 11,
    "Germany": 9,
    "Norway": 13,
    "Ireland": 12,
    "Belgium": 14,
    "NewZealand": 17,
    "Austria": 15,
    "France": 16,
    "Israel": 18,
    "Spain": 19,
    "Italy": 21,
    "Czech": 22,
    "Hungary": 20,
    "Slovenia": 23,
}
# Table 20: judgements of pairs above the diagonal.
JUDGEMENTS = [2, 3, 2, 5, 5, 1, 3, 2, 1 / 2, 4, 4, 1 / 2, 3, 1 / 4, 2, 2, 1 / 5, 1 / 2, 4, 4, 1 / 2, 3]
JUDGEMENTS += [1, 1 / 5, 1 / 2, 1 / 5, 1 / 2, 4]

LOW = [0, 0, 0, 0, float(np.log10(1)), float(np.log10(22)), 0.8, 0.1]
HIGH = [994, 272.6, 232.4, 80.8, float(np.log10(901)), float(np.log10(6969)), 12.0, 27.4]


def four_dimensions() -> IndicatorTable:
    """Return the index as published: four dimensions of two indicators, all equal."""
    part = [PARTS[k // 2] for k in range(8)]
    return IndicatorTable.of(COLUMNS, part, LOW, HIGH, part_weight=dict.fromkeys(PARTS, 0.25))


def one_level(weight: tuple[float, ...]) -> IndicatorTable:
    """Return the index with weights of the indicators themselves."""
    return IndicatorTable.of(COLUMNS, ["all"] * 8, LOW, HIGH, part_weight={"all": 1.0}, weight=weight)
