"""Hosts and addresses have one spelling, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.addresses import address_form, ascii_host, host_form, host_of_form, path_form, path_of, without_www
from tests.effort import tries

HOSTS = [
    ("Example.COM.", "example.com", "example.com"),
    ("пример.рф", "пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ("ПРИМЕР.РФ", "пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ("XN--E1AFMKFD.XN--P1AI", "пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ("münchen.de", "münchen.de", "xn--mnchen-3ya.de"),
    ("xn--mnchen-3ya.de", "münchen.de", "xn--mnchen-3ya.de"),
    ("mu\u0308nchen.de", "münchen.de", "xn--mnchen-3ya.de"),
    ("faß.de", "faß.de", "xn--fa-hia.de"),
    ("例え。テスト", "例え.テスト", "xn--r8jz45g.xn--zckzah"),
    ("a_b.example", "a_b.example", "a_b.example"),
    ("xn--a", "xn--a", "xn--a"),
    ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
]


@pytest.mark.parametrize(("host", "read", "spelled"), HOSTS)
def test_a_host_is_one_in_its_own_script_and_in_ascii(host: str, read: str, spelled: str) -> None:
    assert host_form(host) == read
    assert ascii_host(host) == spelled


ADDRESSES = [
    ("https://www.Example.com/World", "example.com/world"),
    ("example.com/world", "example.com/world"),
    ("//example.com:443/", "example.com/"),
    ("http://user:word@example.com:8080/a", "example.com:8080/a"),
    ("https://xn--e1afmkfd.xn--p1ai/%D0%BC%D0%B8%D1%80", "пример.рф/мир"),
    ("пример.рф/мир", "пример.рф/мир"),
    ("/caf%C3%A9", "/café"),
    ("/cafe%CC%81", "/café"),
    ("/a%7Eb%41", "/a~ba"),
    ("/a%2Fb%3fc%26d", "/a%2fb%3fc%26d"),
    ("/%EC%E8%F0", "/%ec%e8%f0"),
    ("/a b", "/a%20b"),
    ("/100%", "/100%25"),
    ("/%%34%31", "/%2541"),
    ("www.com/a", "www.com/a"),
    ("example.com?id=5&x=%D1%8F", "example.com?id=5&x=я"),
]


@pytest.mark.parametrize(("written", "form"), ADDRESSES)
def test_an_address_has_one_spelling(written: str, form: str) -> None:
    assert address_form(written) == form


def test_a_sign_that_parts_is_not_its_escape() -> None:
    assert path_form("/a/b") != path_form("/a%2Fb")
    assert path_form("/a?b=1&c") != path_form("/a?b=1%26c")


def test_the_parts_of_a_form() -> None:
    assert path_of("example.com/a?b") == "/a?b"
    assert path_of("example.com") == ""
    assert host_of_form("example.com:8080/a") == "example.com"
    assert host_of_form("example.com") is None, "more of it may follow"
    assert host_of_form("/a") is None
    assert without_www("www.example.com") == "example.com"
    assert without_www("www.com") == "www.com"


_TEXTS = st.text(st.one_of(st.sampled_from('/%?#&=+.:@"“ aAßİ4é\u0301\u0345яxn-'), st.characters()), max_size=30)


@tries(300)
@given(_TEXTS)
def test_a_form_is_its_own_form(text: str) -> None:
    for form in (host_form, ascii_host, path_form, address_form):
        once = form(text)
        assert form(once) == once, form


@tries(300)
@given(_TEXTS)
def test_a_path_can_stand_in_a_rule(text: str) -> None:
    assert not any(char.isspace() or char in '"“＂' for char in path_form(text))
