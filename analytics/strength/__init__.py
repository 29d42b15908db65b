"""The composite strength index: a table of indicators and a recipe become scores, ranks with intervals and reasons.

Everything works on *positions*: where a value lies between its goalposts, 0 at the low one and 1 at the high one,
before clipping. Direction and unit are gone then, whatever is done later.
"""

from analytics.strength.ahp import Judgement, judge, require_consistent
from analytics.strength.coherence import Coherence, coherence
from analytics.strength.draws import Choices, Draws, Worlds, draw, part_draws, rank_draws
from analytics.strength.forms import FORMS, Form, part_of
from analytics.strength.index import Prepared, Strength, prepare, strength
from analytics.strength.influence import Influence, influence
from analytics.strength.moves import Move, moves
from analytics.strength.panel import Change, change
from analytics.strength.ranks import RankTable, rank_table
from analytics.strength.recipe import Recipe
from analytics.strength.sobol import Sensitivity, sensitivity
from analytics.strength.table import IndicatorTable

__all__ = [
    "FORMS",
    "Change",
    "Choices",
    "Coherence",
    "Draws",
    "Form",
    "IndicatorTable",
    "Influence",
    "Judgement",
    "Move",
    "Prepared",
    "RankTable",
    "Recipe",
    "Sensitivity",
    "Strength",
    "Worlds",
    "change",
    "coherence",
    "draw",
    "influence",
    "judge",
    "moves",
    "part_draws",
    "part_of",
    "prepare",
    "rank_draws",
    "rank_table",
    "require_consistent",
    "sensitivity",
    "strength",
]
