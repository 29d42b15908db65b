from __future__ import annotations

import numpy as np

from analytics.accessibility import BANDS, GROUPS, group_limits, group_residents


def test_the_age_groups_part_everyone_and_walk_at_their_own_pace() -> None:
    ages = ("child", "adult", "aged_60_79", "aged_80_plus")
    assert sorted(band for code in ages for band in GROUPS[code].bands) == sorted(BANDS[1:])
    # 10 min at 4.8, 4.0, 4.8, 3.6, 2.7 and 3.0 km/h, as units of 8/3 cm.
    assert group_limits([10]).tolist() == [[30_000, 25_000, 30_000, 22_500, 16_875, 18_750]]
    assert [code for code, group in GROUPS.items() if not group.takes_steps] == ["wheelchair"]


def test_groups_are_sums_of_bands_and_unknown_stays_unknown() -> None:
    residents = np.array([[21, 1, 2, 3, 4, 5, 6], [9, np.nan, 2, 3, 4, 0, 0]], np.float32)
    groups = group_residents(residents)
    assert groups[0].tolist() == [21, 3, 7, 5, 6, 21]
    assert np.isnan(groups[1, 1])
    assert groups[1, 2] == 7
