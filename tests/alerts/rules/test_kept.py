"""Rules are kept read, so many and so long ones that memory is bounded."""

from alerts.rules import kept
from alerts.rules.aliases import AliasSet
from alerts.rules.kept import parse_once


def test_a_rule_is_read_once_and_one_with_an_alias_anew() -> None:
    known = AliasSet.of([("x", ["arms"])])
    assert parse_once("arms AND oil", known) is parse_once("arms AND oil", AliasSet())
    assert parse_once("@x AND oil", known) is not parse_once("@x AND oil", known)


def test_long_rules_put_older_ones_out() -> None:
    first = parse_once("first AND oil", AliasSet())
    long = [f"w{k} AND " + "absent AND " * 2000 + "oil" for k in range(1 + kept._MOST_CHARACTERS // 22_000)]
    last = [parse_once(text, AliasSet()) for text in long][-1]
    assert parse_once("first AND oil", AliasSet()) is not first
    assert parse_once(long[-1], AliasSet()) is last
