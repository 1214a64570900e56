"""Every kind shows headline, outlets, evidence, state and why; the pictures of docs/pictures are drawn by the same code."""

import pytest

from tests.pictures import payloads, renderers, sample


@pytest.mark.parametrize("kind", renderers.RENDERERS)
async def test_a_picture_says_all_that_a_message_must(kind: str) -> None:
    shown = renderers.words(renderers.page(kind, await payloads.payload(kind, sample.alert())))
    assert "Marlow dockers walk out" in shown
    assert "Grain ports" in shown
    assert "Harbour Gazette" in shown
    if kind != "webhook":
        assert "+6 outlets" in shown
        assert "2026-03-02 07:34 +01:00" in shown
        assert "the first match of this rule in this story" in shown
        if kind != "pagerduty":  # which has a state of its own
            assert "Acknowledged by Ann" in shown


def test_the_picture_of_a_mail_says_it_too() -> None:
    shown = renderers.words(renderers.mail(payloads.mail(sample.digest())))
    assert "Wheat futures rise" in shown
    assert "+3 outlets" in shown
    assert "Held back since the last digest" in shown
    assert "Unsubscribe" in shown
