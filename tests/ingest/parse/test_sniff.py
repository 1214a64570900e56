"""What a body is, whatever its headers say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.sniff import Shape, binary, is_text, shape_of, without_doctype


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"RIFF\x10\x20\x00\x00WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "application/pdf"),
        (b"\r\n%PDF-1.4\n", "application/pdf"),
        (b"PK\x03\x04\x14\x00", "application/zip"),
        (b"Rar!\x1a\x07\x00", "application/vnd.rar"),
        (b"ID3\x03\x00", "audio/mpeg"),
        (b"\xff\xfb\x90d", "audio/mpeg"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"wOF2\x00\x01", "font/woff2"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"{\\rtf1\\ansi ", "application/rtf"),
        (b"\x7fELF\x02\x01", "application/x-elf"),
    ],
)
def test_what_is_no_text_is_known_by_its_beginning(start: bytes, kind: str) -> None:
    assert binary(start + bytes(range(1, 256)) * 3) == kind


@pytest.mark.parametrize(
    "text", ["BM of the day", "<rss>", "", " \n{}", "Warning: in /srv/a.php on line 3\n<rss/>", "日本 <rss>"]
)
def test_text_is_not_taken_for_something_else(text: str) -> None:
    for encoding in ("utf-8", "utf-16", "cp932"):
        assert binary(text.encode(encoding)) is None


def test_control_characters_make_no_text_but_a_slip_is_forgiven() -> None:
    assert is_text("<title>A\x00B</title>" * 3)
    assert not is_text("".join(map(chr, range(256))))


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


@given(st.text(max_size=300))
def test_any_text_has_some_shape(text: str) -> None:
    assert shape_of(text) in Shape
    assert len(without_doctype(text)) <= len(text) + 100_000
