"""Tokens by which somebody leaves a channel: what was signed is read back, and nothing else is a token."""

import re

from hypothesis import given
from hypothesis import strategies as st

from alerts.links import Link, LinkAction
from alerts.links import sign as sign_link
from alerts.unsubscribe import LONGEST_TOKEN, Leaving, sign, verify
from core.model.link_key import LinkKey
from tests.alerts.making import NOW
from tests.effort import tries

KEY = LinkKey(key_id="ab12", secret=b"k" * 32)
OTHER = LinkKey(key_id="ab12", secret=b"x" * 32)
ANN = Leaving(channel="mail", address="ann@desk.example")

_names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=64)


@tries(100)
@given(_names, _names)
def test_what_was_signed_is_read_back(channel: str, name: str) -> None:
    leaving = Leaving(channel=channel, address=f"{name}@desk.example".lower())
    token = sign(KEY, leaving)
    assert len(token) <= LONGEST_TOKEN
    assert re.fullmatch(r"[A-Za-z0-9_.-]+[0-9]", token)
    assert verify([OTHER, KEY][1:], token) == leaving


def test_the_address_is_in_small_letters() -> None:
    assert verify([KEY], sign(KEY, Leaving(channel="mail", address="Ann@Desk.example"))) == ANN


@tries(100)
@given(st.integers(0, 200), st.characters(codec="ascii"))
def test_a_changed_token_is_none(at: int, sign_instead: str) -> None:
    token = sign(KEY, ANN)
    at %= len(token)
    changed = token[:at] + sign_instead + token[at + 1 :]
    assert changed == token or verify([KEY], changed) is None


def test_another_key_and_another_purpose_are_none() -> None:
    assert verify([OTHER], sign(KEY, ANN)) is None
    assert verify([], sign(KEY, ANN)) is None
    link = sign_link(KEY, Link(action=LinkAction.ACKNOWLEDGE, alert_id="a1", expires=NOW))
    assert verify([KEY], link) is None
    assert verify([KEY], "x" * 100_000) is None
