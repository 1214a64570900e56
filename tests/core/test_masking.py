"""What is secret in an address is shown nowhere, what is none stays readable, and any text is gone through quickly."""

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import HIDDEN, masked, masked_url, secrets_in, without


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://user:S3cret@f.example/a.xml?apikey=tok", "http://user:[secret]@f.example/a.xml?apikey=[secret]"),
        ("https://token@f.example/", "https://[secret]@f.example/"),
        ("https://f.example/?page=2&access_token=x&lang=en", "https://f.example/?page=2&access_token=[secret]&lang=en"),
        (
            "https://f.example/?X-Amz-Signature=0a&X-Amz-Date=3",
            "https://f.example/?X-Amz-Signature=[secret]&X-Amz-Date=3",
        ),
        ("https://f.example/?a=1;sig=x#token=y", "https://f.example/?a=1;sig=[secret]#token=[secret]"),
        ("https://f.example/?key=x&client_secret=y", "https://f.example/?key=[secret]&client_secret=[secret]"),
        ("https://f.example/0123456789abcdef0123456789abcdef/rss", "https://f.example/[secret]/rss"),
        ("https://f.example/T00/aB3dE5fG7hI9jK1lM3nO5pQ7", "https://f.example/T00/[secret]"),
        (
            "https://f.example/?api%5Fkey=x&%74oken=y&a%62=z",
            "https://f.example/?api%5Fkey=[secret]&%74oken=[secret]&a%62=z",
        ),
        ("https://f.example/?url=https%3A%2F%2Fann%3Apw%40g.example%2Frss&a=1", "https://f.example/?url=[secret]&a=1"),
        ("https://f.example/?url=https%3A%2F%2Fg.example%2F%3Ftoken%3Dx", "https://f.example/?url=[secret]"),
        (
            "https://f.example/?pw=x&api.key=y&bearer=z",
            "https://f.example/?pw=[secret]&api.key=[secret]&bearer=[secret]",
        ),
        ("postgresql://ann:pw@db/news", "postgresql://ann:[secret]@db/news"),
        ("kafka://ann@broker:9092", "kafka://ann@broker:9092"),
    ],
)
def test_an_address_loses_what_is_secret(url: str, shown: str) -> None:
    assert masked_url(url) == shown
    assert masked_url(shown) == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://f.example/2026/03/01/a-long-headline-about-the-secret-talks-in-geneva-2026?keyword=arms&id=77",
        "https://f.example/article/f3b4c5d6-1234-4321-8888-001122334455?monkeys=1",
        "https://f.example/@user/status/1",
        "https://f.example/?q=arms%20%26%20steel&url=https%3A%2F%2Fg.example%2Frss%3Fpage%3D2",
    ],
)
def test_an_address_without_secrets_stays_as_it_is(url: str) -> None:
    assert masked_url(url) == url


def test_addresses_within_sentences_are_masked() -> None:
    text = "a redirect leads to http://u:p@h.example/x?token=abc, then to https://h.example/y?sig=1."
    assert (
        masked(text)
        == "a redirect leads to http://u:[secret]@h.example/x?token=[secret] then to https://h.example/y?sig=[secret]"
    )


def test_an_answer_that_repeats_a_hook_s_address_loses_every_part_of_it() -> None:
    url = "https://hooks.example/services/T012ABCDE/B012ABCDE/aBcDeFgHiJkL?channel=desk42"
    answer = (
        "no hook /services/T012ABCDE/B012ABCDE/aBcDeFgHiJkL (token aBcDeFgHiJkL, T012ABCDE, desk42); services are up"
    )
    shown = without(answer, secrets_in(url, path=True))
    for part in ("T012ABCDE", "B012ABCDE", "aBcDeFgHiJkL", "desk42"):
        assert part not in shown
    assert "services are up" in shown


@given(st.text(alphabet="abAB09:/?&=@#;._- key token", max_size=300))
def test_masking_again_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.sampled_from(["apikey", "api_key", "token", "access_token", "sig", "signature", "key", "password", "my-secret"]),
       st.from_regex(r"[A-Za-z0-9]{6,30}", fullmatch=True))  # fmt: skip
def test_a_secret_parameter_is_found_by_name(name: str, value: str) -> None:
    url = f"https://h.example/feed?x=1&{name}={value}&y=2"
    assert value not in masked_url(url).replace(HIDDEN, "")
    assert value in secrets_in(url)


SECRET = "pa/ss wörd+<7>&Zk93"


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.upper(),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        html.escape(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        SECRET.encode().hex(),
        SECRET.encode().hex().upper(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_secret_is_cut_out_however_it_is_written(written: str) -> None:
    shown = without(f"you sent <{written}>, which is wrong", {SECRET})
    assert HIDDEN in shown
    assert written[4:-4] not in shown
    assert shown.startswith("you sent <")
    assert shown.endswith(">, which is wrong")


@given(before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_a_secret_within_something_in_base64_is_cut_out(before: bytes, after: bytes) -> None:
    data = SECRET.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        shown = without(encode(before + data + after).decode(), {SECRET})
        sure = encode(bytes(len(before) % 3) + data).decode()[4:-4]
        assert HIDDEN in shown
        assert sure not in shown


def test_the_beginning_of_a_secret_at_which_a_text_ends_is_cut_out() -> None:
    assert without("Authorization: Bearer xoxb-1234567", {"xoxb-1234567890-abcdef"}) == "Authorization: Bearer [secret]"
    assert without("Authorization: Bearer xoxb-1234567...", {"xoxb-1234567890-abcdef"}).endswith("[secret]...")
    assert without("see https://hooks.example", {"https://hooks.example/T1/B2/xyzw"}) == "see https://hooks.example"
    assert without("the end of a day", {"a day in Paris, 2026"}) == "the end of a day"


def test_many_secrets_that_begin_alike_are_looked_for_in_a_long_text() -> None:
    text = "aaaaaaaaaa" * 2000
    assert without(text, {f"{'a' * 40}{number}" for number in range(20)}).startswith(text[:19_000])
