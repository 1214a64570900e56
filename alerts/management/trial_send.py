"""A send that is watched: a test message through a real channel, with the request as it went out and what came back."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.channels.channel import Channel, SendFailure, Sending
from alerts.channels.message import message_of
from alerts.channels.posting import ANSWER_BYTES, Posted, Poster
from alerts.channels.registry import KINDS
from core.clock import Clock
from core.errors import WirewatchError
from core.masking import without
from core.model import ids
from core.model.alert import Alert, AlertArticle, Notification
from core.model.match import ArticleBrief, Evidence, RuleRef
from core.model.outcome import Event, Priority, Reason
from core.text.visible import one_line

_SECONDS = 60.0
_ANSWER_CHARACTERS = 500
_QUERY = "harbour AND council"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it went out, without secrets; `answer`: the beginning of what came back, where anything did."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    status: int | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`problem` None: it was taken. `sample`: there was no alert to send. `cut`: what the channel's limits left out.

    `wait_seconds`: for how long the receiver wants nothing more, where it says so.
    """

    problem: str | None
    detail: str
    requests: tuple[Request, ...]
    cut: tuple[str, ...]
    title: str
    sample: bool
    seconds: float
    wait_seconds: float | None = None


class WatchedPoster:
    """Posts through another one and keeps what went out and came back, without secrets."""

    def __init__(self, poster: Poster, shown_url: Callable[[str], str], secrets: frozenset[str]) -> None:
        self._poster = poster
        self._shown_url = shown_url
        self._secrets = secrets
        self.requests: list[Request] = []

    def saw(self, verb: str, where: str, headers: Mapping[str, str], body: bytes) -> None:
        """What goes out on another way than HTTP."""
        self.requests.append(
            Request(
                method=verb,
                url=without(where, self._secrets),
                headers={name: without(value, self._secrets) for name, value in headers.items()},
                body=without(body.decode(errors="replace"), self._secrets),
            )
        )

    async def request(  # noqa: PLR0913 - as it is called
        self,
        method: str,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout_seconds: float,
        *,
        tls: ssl.SSLContext | None = None,
        answer_bytes: int = ANSWER_BYTES,
    ) -> Posted:
        # Whoever signs in with a password sends it in another form, which no setting has.
        proofs = {value.partition(" ")[2] for name, value in headers.items() if name.lower() == "authorization"}
        secrets = self._secrets | {proof for proof in proofs if proof}
        request = Request(
            method=method,
            url=self._shown_url(url),
            headers={name: without(value, secrets) for name, value in headers.items()},
            body=without(body.decode(errors="replace"), secrets),
        )
        self.requests.append(request)
        posted = await self._poster.request(
            method, url, body, headers, timeout_seconds, tls=tls, answer_bytes=answer_bytes
        )
        answer = one_line(without(posted.body, secrets))[:_ANSWER_CHARACTERS]
        self.requests[-1] = replace(request, status=posted.status, answer=answer)
        return posted


async def send_trial(channel: Channel, watched: WatchedPoster, alert: Alert | None, clock: Clock, url: str) -> Trial:
    """Send once, now: `alert`, or a sample. `url`: where people reach the console. What fails is in the result."""
    now, began = clock.now(), clock.monotonic()
    note = _notification(channel.name, alert or sample_alert(now), now)
    message = message_of(note, console_url=url)
    problem, detail, wait = None, "", None
    try:
        async with asyncio.timeout(_SECONDS):
            receipt = await channel.send(message, Sending(notification_id=note.notification_id, attempt=1, now=now))
        detail, wait = receipt.detail or receipt.confirmation, receipt.pause_seconds or None
    except SendFailure as failure:
        wait = failure.retry_after_seconds
        problem = f"{failure.reason}: {failure.detail}"
    except TimeoutError:
        problem = "timeout: the channel did not finish in time"
    except WirewatchError as error:
        problem = str(error)
    return Trial(
        problem=problem,
        detail=detail,
        requests=tuple(watched.requests),
        cut=KINDS[channel.kind].cut(message),
        title=message.subject,
        sample=alert is None,
        seconds=clock.monotonic() - began,
        wait_seconds=wait,
    )


def _notification(channel: str, alert: Alert, now: datetime) -> Notification:
    return Notification(
        notification_id=ids.derived_id("test", channel, now.isoformat()),
        channel=channel,
        sequence=0,
        event=Event.TEST,
        reason=Reason.FIRST,
        alerts=(alert,),
        created=now,
        matched=now,
    )


def sample_alert(now: datetime) -> Alert:
    """What is sent where nothing has been found yet."""
    url = "https://news.example/wirewatch-test"
    text = "A test of this channel: the harbour council will vote on Monday."
    brief = ArticleBrief(
        article_id=ids.article_id(url),
        url=url,
        title="Test message of wirewatch",
        source_name="wirewatch",
        lang="en",
        published=now - timedelta(minutes=1),
        seen=now,
        snippet=text,
    )
    at = text.index("harbour")
    evidence = Evidence(0, len("harbour"), "body", at, at + len("harbour"), "harbour")
    rule = RuleRef(
        rule_id=ids.derived_id("test", "rule"),
        version=1,
        name="wirewatch test",
        query=_QUERY,
        channels=(),
        priority=Priority.NORMAL,
    )
    return Alert(
        alert_id=ids.derived_id("test", now.isoformat()),
        rule=rule,
        story_id=ids.story_id(brief.article_id),
        group="",
        story_size=1,
        story_first_seen=now,
        articles=(AlertArticle(brief=brief, evidence=(evidence,)),),
        created=now,
    )
