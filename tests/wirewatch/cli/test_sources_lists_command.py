"""`wirewatch sources` from an address, a site, a list or a pack to sources, and back."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.fakes.sites import home, rss
from tests.wirewatch.cli.conftest import CONFIG, Newsroom

PAGES = {
    "/": ("text/html", home("/world.rss", title="The Harbour Times")),
    "/world.rss": ("application/rss+xml", rss(["Harbour closes", "Tide tables"])),
}


class Site(BaseHTTPRequestHandler):
    """A publisher."""

    def do_GET(self) -> None:
        kind, text = PAGES.get(self.path, ("text/plain", ""))
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@pytest.fixture
def site(newsroom: Newsroom) -> Iterator[str]:
    """Its address; it may be reached."""
    (newsroom.folder / "wirewatch.toml").write_text(f'{CONFIG}\n[fetch]\nallow_networks = ["127.0.0.0/8"]\n')
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def listed(newsroom: Newsroom, text: str, name: str = "list.txt") -> str:
    path: Path = newsroom.folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_home_page_is_not_added_but_its_feeds_are_named_and_one_of_them_is(newsroom: Newsroom, site: str) -> None:
    said = newsroom.refused("sources", "add", site)
    assert "is no feed: a page stands there" in said
    assert f"{site}/world.rss The Harbour Times: 2 entries" in said
    assert "added 'The Harbour Times'" in newsroom.told("sources", "add", f"{site}/world.rss", "--tag", "sea")
    [row] = newsroom.rows("sources", "list", "--tag", "sea")
    assert (row["name"], row["tags"]) == ("The Harbour Times", ["sea"])


def test_one_that_does_not_answer_is_added_with_a_warning(newsroom: Newsroom, site: str) -> None:
    result = newsroom.run("sources", "add", f"{site}/later.rss", "--name", "Later")
    assert result.exit_code == 0
    assert "warning: it does not answer now (http_4xx" in result.stderr


def test_the_feeds_of_a_site_and_what_one_would_bring(newsroom: Newsroom, site: str) -> None:
    [feed] = newsroom.rows("sources", "discover", site)
    assert (feed["url"], feed["how"], feed["entries"]) == (f"{site}/world.rss", "announced", 2)
    [seen] = newsroom.rows("sources", "preview", f"{site}/world.rss")
    assert (seen["title"], seen["entries"], seen["new"]) == ("The Harbour Times", 2, 0)
    assert "2 too_old" in newsroom.told("sources", "preview", f"{site}/world.rss")


def test_a_plan_then_a_result_a_line_and_a_repeat_adds_nothing(newsroom: Newsroom, site: str) -> None:
    path = listed(newsroom, f"{site}/world.rss\n{site}/ Home\n{site}/gone Gone\nrubbish\n")
    plan = newsroom.told("sources", "import", path, "--dry-run")
    for words in ("not a feed", f"found these: {site}/world.rss", "unreachable", "invalid", "nothing was added"):
        assert words in plan
    assert newsroom.rows("sources", "list") == []
    result = newsroom.run("sources", "import", path)
    assert result.exit_code == 1, "two lines could not be added"
    assert "done: 1 added, 1 not a feed, 1 unreachable, 1 invalid" in result.stdout
    again = newsroom.run("sources", "import", path)
    assert "done: 2 same as, 1 not a feed, 1 invalid" in again.stdout


def test_an_export_is_brought_in_again_and_can_be_a_file_of_the_configuration(newsroom: Newsroom) -> None:
    newsroom.told(
        "sources", "add", "https://a.example/1", "--name", "One", "--no-look", "--tag", "wire", "--lang", "en"
    )
    toml = newsroom.told("sources", "export", "--format", "toml")
    assert 'tags = ["wire"]' in toml
    listed(newsroom, toml, "feeds.toml")
    config = newsroom.folder / "wirewatch.toml"
    config.write_text(f'include = ["feeds.toml"]\n{CONFIG}')
    assert "1 sources" in newsroom.told("check", "--offline")
    path = str(newsroom.folder / "all.opml")
    newsroom.told("sources", "export", "-o", path)
    newsroom.told("sources", "remove", "One")
    assert "1 added" in newsroom.told("sources", "import", path, "--no-look")


@pytest.mark.parametrize(
    ("text", "told"),
    [("<html></html>", "expected an <opml> document"), ("", "the list is empty")],
    ids=["page", "empty"],
)
def test_what_is_no_list_is_refused_in_a_sentence(newsroom: Newsroom, text: str, told: str) -> None:
    assert told in newsroom.refused("sources", "import", listed(newsroom, text))


def test_a_missing_file_is_told(newsroom: Newsroom) -> None:
    assert "No such file" in newsroom.refused("sources", "import", "/nowhere/list.opml")


def test_packs_are_listed_and_added(newsroom: Newsroom) -> None:
    [pack] = [row for row in newsroom.rows("sources", "packs", "world-fr") if row["pack"] == "world-fr"]
    assert pack["there_already"] == 0
    told = newsroom.told("sources", "add", "--pack", "world-fr", "--dry-run")
    assert f"{pack['sources']} add; nothing was added" in told
    assert f"{pack['sources']} added" in newsroom.told("sources", "add", "--pack", "world-fr", "--tag", "mine")
    assert len(newsroom.rows("sources", "list", "--tag", "mine")) == pack["sources"]
    assert "did you mean 'world-fr'?" in newsroom.refused("sources", "add", "--pack", "wrold-fr")


def test_sources_are_changed_paused_polled_and_tagged(newsroom: Newsroom) -> None:
    for name in ("One", "Two"):
        newsroom.told("sources", "add", f"https://a.example/{name}", "--name", name, "--no-look")
    newsroom.told("sources", "tag", "One", "Two", "--add", "wire")
    newsroom.told("sources", "change", "One", "--name", "First", "--interval", "90", "--lang", "en")
    assert "paused 'Two'" in newsroom.told("sources", "pause", "--tag", "wire")
    [row] = newsroom.rows("sources", "show", "First")
    assert (row["state"], row["interval_seconds"], row["next_poll_why"]) == ("paused", 90, "not polled")
    newsroom.told("sources", "resume", "First")
    newsroom.told("sources", "poll", "First")
    assert "resume it first" in newsroom.refused("sources", "poll", "Two")
    assert newsroom.run("sources", "tag", "Two").exit_code == 2
    assert newsroom.run("sources", "change", "First").exit_code == 2
    assert newsroom.run("sources", "change", "First", "--country", "India").exit_code == 2
    assert newsroom.run("sources", "add").exit_code == 2
    assert newsroom.run("sources", "add", "https://x.example", "--no-look").exit_code == 2
    newsroom.told("sources", "change", "First", "--interval", "0", "--lang", "")
    [row] = newsroom.rows("sources", "show", "First")
    assert row["lang"] is None
