"""Signed links: what was changed, cut or is over is no link."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.links import LONGEST_TOKEN, VALID, Link, LinkAction, LinkProblem, expires_at, sign, verify
from core.model.link_key import LinkKey
from tests.fakes.records import WHEN, an_alert

KEY = LinkKey(key_id="a1", secret=bytes(32))
OTHER = LinkKey(key_id="b2", secret=bytes([1]) * 32)
LINK = Link(action=LinkAction.ACKNOWLEDGE, alert_id=an_alert().alert_id, expires=expires_at(WHEN))
TOKEN = sign(KEY, LINK)


def test_a_link_says_what_it_was_made_for() -> None:
    assert verify([KEY], TOKEN, WHEN) == LINK
    assert verify([OTHER, KEY], TOKEN, WHEN) == LINK
    assert len(TOKEN) < 90
    assert TOKEN[-1].isdigit()
    assert "secret" not in repr(KEY)


def test_a_link_ends() -> None:
    assert WHEN + VALID < LINK.expires <= WHEN + VALID + timedelta(days=1)
    assert verify([KEY], TOKEN, LINK.expires - timedelta(seconds=1)) == LINK
    assert verify([KEY], TOKEN, LINK.expires) is LinkProblem.EXPIRED
    assert expires_at(WHEN + timedelta(hours=3)) == LINK.expires  # a later try of the same day reads the same


def test_another_key_verifies_nothing() -> None:
    assert verify([], TOKEN, WHEN) is LinkProblem.UNKNOWN
    assert verify([OTHER], TOKEN, WHEN) is LinkProblem.UNKNOWN
    assert verify([LinkKey(key_id="a1", secret=OTHER.secret)], TOKEN, WHEN) is LinkProblem.UNKNOWN


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("abcXYZ019-_.~%é\0"))
def test_a_link_with_one_sign_changed_is_none(place: int, sign_there: str) -> None:
    changed = TOKEN[:place] + sign_there + TOKEN[place + 1 :]
    assert (changed == TOKEN) == (verify([KEY], changed, WHEN) == LINK)


@pytest.mark.parametrize("action", LinkAction)
def test_a_link_for_one_thing_is_none_for_another(action: LinkAction) -> None:
    token = sign(KEY, Link(action=action, alert_id="a", expires=LINK.expires))
    for other in LinkAction:
        found = verify([KEY], token.replace(f".{action}.", f".{other}."), WHEN)
        assert (found is LinkProblem.UNKNOWN) == (other is not action)


@given(st.text() | st.text("0123456789abcdef.-_", max_size=300))
def test_whatever_else_comes_is_no_link(text: str) -> None:
    assert verify([KEY], text, WHEN) is LinkProblem.UNKNOWN
    assert verify([KEY], TOKEN + text, WHEN) in (LINK, LinkProblem.UNKNOWN)
    assert verify([KEY], "x" * (LONGEST_TOKEN + 1) + text, WHEN) is LinkProblem.UNKNOWN
