"""A channel's template tried on samples: a first alert, a digest, and a rule about silence."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from alerts.channels.layout import Longest, View, lay_out
from alerts.channels.message import message_of
from alerts.channels.registry import KINDS
from alerts.channels.settings import ChannelSettings
from alerts.channels.template import Template
from alerts.channels.template_markup import BrokenTemplate
from alerts.management.trial_send import sample_alert
from core.model.alert import Notification
from core.model.outcome import Event, Reason

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def template_problem(settings: ChannelSettings, base_dir: Path) -> str | None:
    """What is wrong with it, in a sentence; None: it can be used, or there is none."""
    if settings.template is None and settings.template_file is None:
        return None
    if not KINDS[settings.kind].worded:
        return f"has no effect: what {_article(settings.kind)} {settings.kind} channel sends is fixed; leave it out"
    view = settings.view(base_dir)
    if view.broken or view.template is None:
        return view.broken or None
    return _tried(view)


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def problem_of(source: str) -> str | None:
    """What is wrong with a rule's template; None: it can be used."""
    try:
        return _tried(View(template=Template.read(source)))
    except BrokenTemplate as error:
        return str(error)


def _tried(view: View) -> str | None:
    for sample in _samples():
        layout = lay_out(message_of(sample, console_url="https://wirewatch.example"), view, Longest())
        if not layout.body:
            return layout.notes[-1].partition("is broken: ")[2]
    return None


def _samples() -> list[Notification]:
    alert = sample_alert(_NOW)
    first = Notification(
        notification_id="sample",
        channel="sample",
        sequence=0,
        event=Event.ALERT_CREATED,
        reason=Reason.FIRST,
        alerts=(alert,),
        created=_NOW,
        matched=_NOW,
        because="the first match of this rule in this story",
    )
    digest = replace(first, event=Event.DIGEST, reason=Reason.DIGEST, alerts=(alert, alert))
    silence = replace(first, alerts=(replace(alert, articles=(), story_size=0),))
    return [first, digest, silence]
