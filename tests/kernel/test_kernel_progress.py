"""Whoever does not listen is not told."""

from kernel.progress import silent


def test_a_silent_listener_takes_the_same_report_and_says_nothing(capsys):
    silent("streets", 3, 13)
    assert capsys.readouterr() == ("", "")
