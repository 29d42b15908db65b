"""Standards as rules: what each cell has in reach, its score, what it fails, the cheapest mend; and checklists."""

from analytics.standards.amounts import Amounts, Sites, Tally, contributions
from analytics.standards.checklist import Checked, check, credit_of, size_of
from analytics.standards.checklist_rules import Checklist, Group, Item, Size, read_checklist
from analytics.standards.mend import Mend, cheapest_mend
from analytics.standards.rules import Clause, Facility, Standard, read_standard
from analytics.standards.score import points, points_of, reached_points

__all__ = [
    "Amounts",
    "Checked",
    "Checklist",
    "Clause",
    "Facility",
    "Group",
    "Item",
    "Mend",
    "Sites",
    "Size",
    "Standard",
    "Tally",
    "cheapest_mend",
    "check",
    "contributions",
    "credit_of",
    "points",
    "points_of",
    "reached_points",
    "read_checklist",
    "read_standard",
    "size_of",
]
