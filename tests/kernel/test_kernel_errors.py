"""A finding reads as a sentence with its place; a refusal lists all of them."""

import json

from kernel.errors import DataRejected, Finding, SportsMapError, WordedError

FINDING = Finding("RANGE", "Height 1.75 is below 50.", "Give centimetres.", file="a.csv", row=7, column="height_cm")


def test_a_finding_names_rule_place_and_mend():
    assert str(FINDING) == "RANGE a.csv, row 7, column height_cm: Height 1.75 is below 50. Mend: Give centimetres."


def test_repeated_findings_say_how_often():
    assert "(3 times)" in str(Finding("CODE", "x", "y", count=3))


def test_a_finding_is_plain_json():
    assert json.loads(json.dumps(FINDING.as_dict()))["row"] == 7


def test_a_refusal_lists_everything_and_is_also_a_value_error():
    refused = DataRejected("a.csv was refused.", [FINDING, Finding("QUOTE", "open", "close it")])
    assert isinstance(refused, ValueError)
    assert isinstance(refused, SportsMapError)
    assert str(refused).count("Mend:") == 2


def _all_errors(root):
    return {root}.union(*(_all_errors(child) for child in root.__subclasses__()))


def test_error_codes_of_the_kernel_are_different():
    ours = [error for error in _all_errors(SportsMapError) if error.__module__ == "kernel.errors"]
    assert len({error.code for error in ours}) == len(ours)


def test_a_worded_error_speaks_every_language():
    error = WordedError("jobs.too_many_open", count=4)
    assert error.message == error.said("en")[0]
    assert "4" in error.said("zh")[0]
    assert error.said("zh")[0] != error.said("en")[0]
    assert error.said("zh")[1]
