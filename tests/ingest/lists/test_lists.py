"""Lists of sources: read whatever wrote them, written so that nothing is lost, and hostile ones harm nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.model.naming import LONGEST_TAG
from core.model.source import MOST_TAGS, SourceKind
from ingest.lists.listed import MOST_BYTES, Fact, Listed, ListFormat, NoList
from ingest.lists.opml import write_opml
from ingest.lists.read import read_list
from ingest.lists.table import write_table
from ingest.lists.toml import write_toml

OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="Europe" title="Europe">
    <outline text="Germany"><outline type="rss" text="Elbe" xmlUrl="https://elbe.example/rss?a=1&b=2" htmlUrl="https://elbe.example"/></outline>
    <outline title="Seine" text="x" XMLURL="feed://seine.example/feed" language="fr-FR"/>
  </outline>
  <outline text="Nobody" xmlUrl="https://nobody.example/feed" category="/World/Wire,Agencies"/>
</body></opml>"""


def facts(found: list[Listed]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.url, one.name, one.tags) for one in found]


def test_folders_of_opml_are_tags_and_an_unescaped_ampersand_costs_nothing() -> None:
    found = read_list(OPML.encode())
    assert facts(found) == [
        ("https://elbe.example/rss?a=1&b=2", "Elbe", ("Europe", "Germany")),
        ("http://seine.example/feed", "Seine", ("Europe",)),
        ("https://nobody.example/feed", "Nobody", ("World", "Wire", "Agencies")),
    ]
    assert (found[0].site, found[1].lang, [one.place for one in found]) == ("https://elbe.example", "fr", [1, 2, 3])


@pytest.mark.parametrize(
    "table",
    [
        "Title,Feed URL,Folder\nElbe,https://elbe.example/rss,Europe\n",
        "title;xmlUrl;tags\nElbe;https://elbe.example/rss;Europe\n",
        "name\turl\tcategory\nElbe\thttps://elbe.example/rss\tEurope\n",
        '\ufeff"name","url","labels"\r\n"Elbe","https://elbe.example/rss","Europe"\r\n',
    ],
)
def test_a_table_is_read_whatever_parts_it_and_its_columns_are_called(table: str) -> None:
    assert facts(read_list(table.encode())) == [("https://elbe.example/rss", "Elbe", ("Europe",))]


def test_a_table_without_names_of_columns() -> None:
    found = read_list(b"Elbe,https://elbe.example/rss\nSeine,https://seine.example/rss\n")
    assert facts(found) == [("https://elbe.example/rss", "Elbe", ()), ("https://seine.example/rss", "Seine", ())]


def test_an_address_a_line_may_have_a_name_a_bullet_and_no_scheme() -> None:
    text = "# my feeds\n\nhttps://a.example/x?y=1,2\n- https://b.example/feed  B News\n3. c.example\nrubbish\n"
    assert [(one.place, one.url, one.name) for one in read_list(text.encode())] == [
        (3, "https://a.example/x?y=1,2", ""),
        (4, "https://b.example/feed", "B News"),
        (5, "https://c.example", ""),
        (6, "rubbish", ""),
    ]


def test_what_a_row_says_wrong_is_told_and_harms_no_other() -> None:
    found = read_list(
        b"url,interval_seconds,kind\nhttps://a.example/,soon,feed\nhttps://b.example/,300,newspaper\nhttps://c.example,,\n"
    )
    assert [one.problem for one in found] == [
        "interval_seconds: expected a number of seconds, got 'soon'",
        "kind: expected auto, feed, sitemap, page, got 'newspaper'",
        None,
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image/png"),
        (b"<html><body>no list</body></html>", "expected an <opml>"),
        (b"<opml version='2.0'><body/></opml>", "names no feed"),
        (b"[[sources]]\nname = ", "TOML cannot be read"),
        (b"x" * (MOST_BYTES + 1), "bring it in parts"),
    ],
    ids=["empty", "picture", "page", "no feed", "bad toml", "too large"],
)
def test_what_is_no_list_is_refused_with_what_was_expected(body: bytes, told: str) -> None:
    with pytest.raises(NoList, match=told):
        read_list(body)


def test_entities_of_a_hostile_opml_do_not_expand_and_reach_no_file() -> None:
    bombs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom"}">' for n in range(9))
    hostile = (
        f'<!DOCTYPE opml [{bombs}<!ENTITY file SYSTEM "file:///etc/passwd">]>'
        '<opml version="2.0"><body><outline text="&e8;&file;" xmlUrl="https://a.example/&file;"/></body></opml>'
    )
    [found] = read_list(hostile.encode())
    assert "root:" not in f"{found.name}{found.url}"
    assert len(found.name) < 100


@pytest.mark.parametrize(
    "hostile",
    [
        "<opml><body>" + "<outline text='x'>" * 100_000,
        "<opml><body>" + "<outline text='x' xmlUrl='https://a.example/'" * 100_000,
        "<opml><body><outline "
        + " ".join(f"a{n}='1'" for n in range(100_000))
        + " xmlUrl='https://a.example'/></body></opml>",
        "<opml>" + "<!--" * 200_000,
        "<opml><body><outline xmlUrl='" + "&" * 300_000,
    ],
    ids=["deep", "never closed", "attributes", "comments", "ampersands"],
)
def test_a_hostile_opml_costs_no_more_than_its_size(hostile: str) -> None:
    before = time.process_time()
    try:
        found = read_list(hostile.encode())
    except NoList:
        found = []
    assert time.process_time() - before < 10
    assert all(len(one.tags) <= MOST_TAGS and len(one.name) <= 200 for one in found)


TAG = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=",;|"),
    min_size=1,
    max_size=LONGEST_TAG,
)
NAME = TAG.filter(lambda text: text.strip() == text)
SOURCE = st.fixed_dictionaries(
    {Fact.NAME: NAME, Fact.URL: st.just("https://a.example/feed?x=1&y=<2>"), Fact.TAGS: st.lists(TAG, unique=True, max_size=5).map(",".join)},
    optional={
        Fact.KIND: st.sampled_from([kind.value for kind in SourceKind]),
        Fact.INTERVAL_SECONDS: st.sampled_from(["300", "0.5", "86400"]),
        Fact.FULL_TEXT: st.sampled_from(["true", "false"]),
        Fact.COUNTRY: st.sampled_from(["IN", "DE"]),
        Fact.LANG: st.sampled_from(["en", "hi"]),
        Fact.TIME_ZONE: st.just("Asia/Kolkata"),
        Fact.PATIENCE_SECONDS: st.sampled_from(["0", "60"]),
        Fact.SINCE: st.just("2026-03-02T09:00:00+00:00"),
        Fact.SITE: st.just("https://a.example/"),
        Fact.PAUSED: st.sampled_from(["true", "false"]),
    },
)  # fmt: skip


@given(st.lists(SOURCE, min_size=1, max_size=4))
def test_what_is_written_is_read_again_whole(sources: list[dict[Fact, str]]) -> None:
    table = read_list(write_table(sources).encode(), ListFormat.CSV)
    toml = read_list(write_toml(sources).encode(), ListFormat.TOML)
    opml = read_list(write_opml(sources, "All").encode(), ListFormat.OPML)

    def said(found: list[Listed]) -> list[str]:
        return sorted(repr({name: getattr(one, name) for name in Listed.__slots__ if name != "place"}) for one in found)

    assert [one.name for one in table] == [source[Fact.NAME] for source in sources]
    assert [one.tags for one in table] == [tuple(filter(None, source[Fact.TAGS].split(","))) for source in sources]
    assert said(table) == said(toml) == said(opml)


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1", "-1", "@x", "'=x", "''-", "'plain"])
def test_a_name_that_a_spreadsheet_would_run_is_written_as_text_and_read_as_it_was(name: str) -> None:
    written = write_table([{Fact.NAME: name, Fact.URL: "https://a.example/"}])
    assert not written.splitlines()[1].startswith(("=", "+", "-", "@"))
    assert [one.name for one in read_list(written.encode())] == [name]
