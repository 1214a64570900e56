"""The language of an article."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.language import declared, detect

TEXTS = {
    "en": "The harbour was closed on Monday after a crane fell into the main channel, the authority said.",
    "de": "Der Hafen wurde am Montag gesperrt, nachdem ein Kran in die Fahrrinne gestürzt war.",
    "ru": "Порт закрыли в понедельник после того, как в канал упал кран, сообщила администрация.",
    "uk": "Порт закрили в понеділок після того, як у канал упав кран, повідомила адміністрація.",
    "ko": "항만 당국은 월요일에 크레인이 수로로 떨어진 뒤 항구를 폐쇄했다고 밝혔다.",
    "ja": "港湾当局は月曜日、クレーンが主要水路に落下したため港を閉鎖したと発表した。",
    "zh": "港务局周一表示，一台起重机坠入主航道后，港口已关闭。",
    "fr": "Le port a été fermé lundi après la chute d'une grue dans le chenal principal, a indiqué l'autorité.",
    "es": "El puerto fue cerrado el lunes después de que una grúa cayera en el canal principal, dijo la autoridad.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_tells_its_language(code: str) -> None:
    assert detect(TEXTS[code]) == code


def test_too_little_text_tells_none() -> None:
    assert detect("") is None
    assert detect("Kim Jong Un") is None


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "en"), ("en-GB", "en"), ("EN_us", "en"), (" de ", "de"), ("kok", "kok"), ("zh-Hant-TW", "zh"),
     ("", None), (None, None), ("x-default", None), ("english", None), ("日本", None), ("e1", None)],
)  # fmt: skip
def test_a_tag_is_read_as_its_language(tag: str | None, code: str | None) -> None:
    assert declared(tag) == code


@given(st.text(max_size=30))
def test_any_tag_is_a_code_or_none_and_a_code_is_its_own(tag: str) -> None:
    found = declared(tag)
    assert found is None or (found == declared(found) and found.isascii() and found.islower())
