"""The bytes of one mail: headers that every client threads and lists by, a plain and an HTML part.

Python's own policy folds a header line over 78 characters into an encoded word, which breaks `List-Unsubscribe` and
`References`; so lines may be as long as RFC 5322 allows (998). Text headers are encoded words where they need it (RFC 2047).
"""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from alerts.channels.clamp import clamp_text
from alerts.channels.layout import Layout
from alerts.channels.mail_html import html_of, text_of
from alerts.channels.message import Message
from core.text.visible import one_line

_BODY = SMTP.clone(cte_type="7bit")  # quoted-printable has lines of 76
_HEADERS = _BODY.clone(max_line_length=998)
_SUBJECT_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom, and which message it is. `domain`: right of the @ in ids. `unsubscribe`: an address that acts by POST."""

    sender: str
    recipient: str
    reply_to: str | None
    notification_id: str
    domain: str
    unsubscribe: str = ""


def mail_bytes(message: Message, layout: Layout, envelope: Envelope) -> bytes:
    """The mail, lines ended by CRLF. The same message gives the same id, so that clients drop a repeat."""
    mail = EmailMessage(policy=_BODY)
    mail.set_content(text_of(layout, unsubscribe=envelope.unsubscribe), cte="quoted-printable")
    mail.add_alternative(html_of(layout, unsubscribe=envelope.unsubscribe), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{envelope.notification_id}_=")  # a repeat is the same bytes
    mail.policy = _HEADERS
    for name, value in _headers(message, layout, envelope).items():
        mail[name] = value
    return mail.as_bytes()


def _headers(message: Message, layout: Layout, envelope: Envelope) -> dict[str, object]:
    domain = envelope.domain
    headers: dict[str, object] = {
        "From": envelope.sender,
        "To": envelope.recipient,
        "Subject": clamp_text(" ".join(one_line(layout.title).split()), _SUBJECT_CHARACTERS),
        "Date": message.created,
        "Message-ID": f"<{envelope.notification_id}@{domain}>",
        "List-Id": f"{_list_name(message.rule.name)} <{message.rule.rule_id}.wirewatch.{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's holiday note answers it
        "Precedence": "list",
    }
    if envelope.reply_to:
        headers["Reply-To"] = envelope.reply_to
    if len(message.stories) == 1:
        headers["In-Reply-To"] = headers["References"] = f"<story.{message.stories[0].story_id}@{domain}>"
    if envelope.unsubscribe:
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return headers


def address_of(text: str) -> Address:
    """An address, with a name or without: `Desk <desk@news.example>`. Raises ValueError."""
    probe = EmailMessage(policy=_HEADERS)
    if text != one_line(text):
        raise ValueError("an address is one line")
    probe["To"] = text
    addresses = probe["To"].addresses
    if len(addresses) != 1 or probe["To"].defects or not addresses[0].domain or not addresses[0].username:
        raise ValueError(f"{text[:100]!r} is no address; expected name@host.example")
    found: Address = addresses[0]
    return found


def _list_name(text: str) -> str:
    """A phrase of ASCII: readers show it, and nothing depends on it."""
    kept = "".join(one if one.isascii() and (one.isalnum() or one in " -_") else " " for one in text)
    return " ".join(kept.split())[:60] or "rule"
