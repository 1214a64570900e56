"""Leaving an e-mail channel: by the mail program's own button or by the page's, never by opening the link; and back."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from alerts.deliver.link_maker import keys_in
from alerts.deliver.mail_book import StoredMailBook, TrialMailBook
from alerts.unsubscribe import Leaving, sign
from core.clock import SystemClock
from core.store import audit, mail
from tests.alerts.channels.mail_tools import ANN, BEN, MESSAGE, channel, plain, read, sending
from tests.fakes.mail_server import MailServer
from tests.wirewatch.statuspage import StatusPage, status_page

LEAVING = Leaving(channel="mail", address="ann@desk.example")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[StatusPage]:
    async with status_page(tmp_path) as made:
        yield made


async def link(page: StatusPage, leaving: Leaving = LEAVING) -> str:
    (key, *_) = await keys_in(page.db)
    return f"{page.server.address}/u/{sign(key, leaving)}"


async def ask(url: str, method: str = "GET", body: bytes | None = None) -> tuple[int, str, str]:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.text(), answer.headers["Content-Security-Policy"]


async def gone(page: StatusPage) -> set[str]:
    async with page.db.connection() as conn:
        return set(await mail.unsubscribed(conn, "mail"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_the_link_changes_nothing(page: StatusPage, method: str) -> None:
    status, text, policy = await ask(await link(page), method)
    assert status == 200
    assert "form-action 'self'" in policy
    assert method == "HEAD" or ("ann@desk.example" in text and ">Unsubscribe</button>" in text)
    assert await gone(page) == set()


async def test_one_click_unsubscribes_one_recipient_from_one_channel(page: StatusPage) -> None:
    url = await link(page)
    for _ in range(2):
        status, text, _ = await ask(url, "POST", b"List-Unsubscribe=One-Click")
        assert (status, "Unsubscribed." in text) == (200, True)
    assert await gone(page) == {"ann@desk.example"}
    assert "Unsubscribed." in (await ask(url))[1]
    async with page.db.connection() as conn:
        entries = await audit.list_rows(conn)
    assert [(one.actor, one.action, one.subject) for one in entries] == [
        ("by unsubscribe link", "channel.unsubscribe", "mail")
    ]


async def test_a_mail_program_may_send_a_form_of_several_parts_or_nothing(page: StatusPage) -> None:
    form = aiohttp.FormData({"List-Unsubscribe": "One-Click"}, default_to_multipart=True)
    async with aiohttp.ClientSession() as session, session.post(await link(page), data=form) as answer:
        assert answer.status == 200
    other = Leaving(channel="mail", address="ben@desk.example")
    assert (await ask(await link(page, other), "POST"))[0] == 200
    assert await gone(page) == {"ann@desk.example", "ben@desk.example"}


async def test_what_is_no_link_changes_nothing_and_soon_waits(page: StatusPage) -> None:
    url = await link(page)
    answers = [(await ask(f"{url[:-5]}{number}.1", "POST"))[0] for number in range(25)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert await gone(page) == set()
    assert (await ask(url, "POST"))[0] == 200  # who has a link does not wait


async def test_names_of_others_steer_nothing(page: StatusPage) -> None:
    leaving = Leaving(channel='<b>x" \u202e', address="<script>@desk.example")
    _, text, _ = await ask(await link(page, leaving))
    assert "<b>x" not in text
    assert "<script>" not in text
    assert "\u202e" not in text


async def test_the_link_in_a_mail_works_and_the_next_mail_goes_to_the_others(page: StatusPage) -> None:
    book = StoredMailBook(page.db, SystemClock(), f"{page.server.address}/")
    async with MailServer() as server:
        made = channel(plain(server), book=TrialMailBook(book))
        await made.send(MESSAGE, sending())
        links = [read(one.content)["List-Unsubscribe"].strip("<>") for one in server.taken]
        assert len(set(links)) == 2
        text, html = (part.get_content() for part in read(server.taken[0].content).iter_parts())
        assert links[0] in text
        assert links[0] in html
        assert (await ask(links[0], "POST", b"List-Unsubscribe=One-Click"))[0] == 200
        server.taken.clear()
        await made.send(MESSAGE, sending("n2"))
    assert [one.recipients for one in server.taken] == [(BEN,)]
    assert ANN.endswith(f"<{next(iter(await gone(page)))}>")


async def test_without_an_address_of_ours_there_is_no_link(page: StatusPage) -> None:
    assert await StoredMailBook(page.db, SystemClock(), "").unsubscribe_address("mail", "ann@desk.example") == ""
