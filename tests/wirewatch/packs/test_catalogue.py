"""The packaged catalogue: whole, told apart by name and address, with its origin; and the packs that are cut out of it."""

import re
from collections.abc import Callable
from importlib.resources import files

import pytest

from core.net.url import feed_url, web_url
from wirewatch.config.schema import country_code, language_code
from wirewatch.packs.catalogue import CatalogueEntry, catalogue, packs
from wirewatch.usecases.refusals import checked_name


def test_each_source_has_a_name_and_an_address_of_its_own_and_says_where_it_comes_from() -> None:
    entries = catalogue()
    assert len(entries) == 1494
    assert len({entry.name.casefold() for entry in entries}) == len(entries)
    assert len({feed_url(entry.url) for entry in entries}) == len(entries)
    for entry in entries:
        assert checked_name(entry.name) == entry.name
        assert (country_code(entry.country), language_code(entry.lang)) == (entry.country, entry.lang)
        assert web_url(entry.site)
        assert re.match(r"[\w.-]+/[\w.-]+ \S+", entry.evidence)


def test_its_origin_is_stated_beside_it() -> None:
    text = (files("wirewatch.packs") / "README.md").read_text(encoding="utf-8")
    assert "public lists" in text
    assert f"{len(catalogue()):,} public feeds" in text


@pytest.mark.parametrize(
    ("name", "least", "holds"),
    [
        ("world-en", 50, lambda entry: entry.topic in ("world", "agency") and entry.lang == "en"),
        ("energy", 30, lambda entry: entry.topic == "energy"),
        ("language-hi", 3, lambda entry: entry.lang == "hi"),
        ("country-in", 20, lambda entry: entry.country == "IN"),
        ("africa", 100, lambda entry: entry.region == "Africa"),
        ("all", 1494, bool),
    ],
)
def test_a_pack_is_what_its_name_says(name: str, least: int, holds: Callable[[CatalogueEntry], bool]) -> None:
    pack = packs()[name]
    assert len(pack.entries) >= least
    assert all(map(holds, pack.entries))


def test_a_line_of_a_pack_is_tagged_with_topic_and_pack() -> None:
    entry = packs()["energy-en"].entries[0]
    assert entry.listed(1, "energy-en").tags == ("energy", "energy-en")
    assert entry.listed(1, "all").tags == ("energy",)
