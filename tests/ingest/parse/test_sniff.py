"""What a body is, whatever its headers say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.sniff import Shape, charsets_of, decoded, known, shape_of, without_doctype

TEXT = "<?xml version='1.0'?><rss><channel><title>Köln – “Přerov” Москва</title></channel></rss>"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8"])
def test_marks_and_wide_characters_are_recognised_whatever_the_header_claims(encoding: str) -> None:
    body = TEXT.encode(encoding)
    assert decoded(body, "text/xml; charset=iso-8859-1" if encoding.startswith("utf-16") else "") == TEXT


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        ("<p>Москва</p>".encode("cp1251"), "text/html; charset=windows-1251", "<p>Москва</p>"),
        ("<?xml version='1.0' encoding='koi8-r'?><a>Москва</a>".encode("koi8-r"), "text/xml", None),
        ("<meta charset=euc-kr><p>항구</p>".encode("euc-kr"), "", "<meta charset=euc-kr><p>항구</p>"),
        ("Köln".encode(), "text/html; charset=no-such-set", "Köln"),
        ("Köln".encode(), "text/html; charset=us-ascii", "Köln"),
        ("don’t “go”".encode("cp1252"), "text/xml; charset=utf-8", "don’t “go”"),
        ("don’t “go”".encode("cp1252"), "", "don’t “go”"),
        ("Köln".encode("latin-1"), "text/xml; charset=iso-8859-1", "Köln"),
    ],
)
def test_the_first_claim_that_fits_counts(body: bytes, content_type: str, expected: str | None) -> None:
    found = decoded(body, content_type)
    assert found == expected if expected is not None else "Москва" in found


def test_utf_8_with_a_few_broken_characters_stays_utf_8() -> None:
    body = ("Москва и Петербург " * 20).encode() + b"\xff" + "Харьков".encode()
    assert decoded(body, "").count("\ufffd") == 1
    assert "Харьков" in decoded(body, "")


def test_a_claim_must_name_an_encoding_of_text() -> None:
    assert known("utf-8")
    assert not known("base64")
    assert not known("rot13")
    assert not any(map(known, ("undefined", "idna", "punycode", "Unicode-Escape", "raw_unicode_escape")))
    assert charsets_of(b"<p>", "text/html; charset=base64") == []


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("<rss version='2.0'>", Shape.FEED),
        ("<?xml version='1.0'?><!-- c --><feed xmlns='x'>", Shape.FEED),
        ("<rdf:RDF xmlns:rdf='x'>", Shape.FEED),
        ("<urlset>", Shape.SITEMAP),
        ("<x:urlset xmlns:x='y'>", Shape.SITEMAP),
        ("<sitemapindex>", Shape.SITEMAP_INDEX),
        ("<!DOCTYPE html><html><body><rss>", Shape.HTML),
        ("\n <div>", Shape.HTML),
        ('{"version": 1}', Shape.JSON_FEED),
        ("<opml>", Shape.UNKNOWN),
        ("nothing", Shape.UNKNOWN),
        ("", Shape.UNKNOWN),
    ],
)
def test_the_first_element_says_what_it_is(text: str, shape: Shape) -> None:
    assert shape_of(text) is shape


def test_short_plain_entities_are_put_in_and_none_can_expand_beyond_a_bound() -> None:
    plain = '<!DOCTYPE rss [<!ENTITY nbsp "x"><!ENTITY paper "Herald">]><rss>&paper;&nbsp;&amp;</rss>'
    assert without_doctype(plain) == "<rss>Heraldx&amp;</rss>"
    bomb = '<!DOCTYPE rss [<!ENTITY a "' + "x" * 90 + '">]><rss>' + "&a;" * 20_000 + "</rss>"
    assert len(without_doctype(bomb)) < 200_000
    nested = '<!DOCTYPE r [<!ENTITY a "xx"><!ENTITY b "&a;&a;">]><rss>&b;</rss>'
    assert "xx" not in without_doctype(nested)
    outside = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>'
    assert without_doctype(outside) == "<rss>&a;</rss>"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_some_text_of_some_shape(body: bytes, content_type: str) -> None:
    text = decoded(body, f"text/xml; charset={content_type}")
    assert isinstance(text, str)
    assert shape_of(text) in Shape
    assert len(without_doctype(text)) <= len(text) + 100_000
