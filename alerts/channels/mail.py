"""The bytes of one mail: headers that every client threads and lists by, a plain and an HTML part.

Python's own policy folds a header line over 78 characters into an encoded word, which breaks `List-Unsubscribe` and
`References`; so lines may be as long as RFC 5322 allows (998). Text that needs encoded words is folded into those of at most
75 characters (RFC 2047). Names of hosts are as DNS has them (xn--); only a name before the @ may need a server with SMTPUTF8.
"""

import base64
from dataclasses import dataclass
from email.errors import NonASCIILocalPartDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from typing import Any
from unicodedata import combining, normalize

from alerts.channels.clamp import clamp_text
from alerts.channels.layout import Layout
from alerts.channels.mail_html import html_of, text_of
from alerts.channels.message import Message
from core.model.outcome import Priority
from core.text.visible import one_line

_LONGEST_LINE = 998
_LONGEST_ADDRESS = 254  # RFC 5321
_SUBJECT_CHARACTERS = 200
_ENCODED_BYTES = (33, 39)  # of a word, as wished and at most: base64 makes 52 characters of 39
_BODY = SMTP.clone(cte_type="7bit")  # quoted-printable has lines of 76

_NARROW = _BODY.clone(max_line_length=76)


class _Headers(EmailPolicy):
    """Wide lines, but where a text needs encoded words."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The lines of one header."""
        if self.utf8 or str(value).isascii():
            return super().fold_binary(name, value)
        if name == "Subject":
            words = "\r\n ".join(_encoded_words(str(value)))
            return f"Subject: {words}\r\n".encode("ascii")
        return _NARROW.fold_binary(name, value)


_HEADERS = _Headers(cte_type="7bit", linesep="\r\n", max_line_length=_LONGEST_LINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who writes to whom, and which message it is. `domain`: right of the @ in ids. `unsubscribe`: an address that acts by POST."""

    sender: str
    recipient: str
    reply_to: str | None
    notification_id: str
    domain: str
    unsubscribe: str = ""

    @property
    def needs_utf8(self) -> bool:
        """Whether only a server with SMTPUTF8 can take it."""
        named = (self.sender, self.recipient, self.reply_to or self.sender)
        return not all(address_of(text).addr_spec.isascii() for text in named)


def mail_bytes(message: Message, layout: Layout, envelope: Envelope) -> bytes:
    """The mail, lines ended by CRLF. The same message gives the same id, so that clients drop a repeat."""
    mail = EmailMessage(policy=_BODY)
    mail.set_content(text_of(layout, unsubscribe=envelope.unsubscribe), cte="quoted-printable")
    mail.add_alternative(html_of(layout, unsubscribe=envelope.unsubscribe), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{envelope.notification_id}_=")  # a repeat is the same bytes
    mail.policy = _HEADERS.clone(utf8=envelope.needs_utf8)
    for name, value in _headers(message, layout, envelope).items():
        mail[name] = value
    return mail.as_bytes()


def _headers(message: Message, layout: Layout, envelope: Envelope) -> dict[str, object]:
    domain = envelope.domain
    headers: dict[str, object] = {
        "From": address_of(envelope.sender),
        "To": address_of(envelope.recipient),
        "Subject": _subject(message, layout),
        "Date": message.created,
        "Message-ID": f"<{envelope.notification_id}@{domain}>",
        "List-Id": f"{_list_name(message.rule.name)} <{message.rule.rule_id}.wirewatch.{domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's holiday note answers it
        "Precedence": "list",
    }
    if message.rule.priority is Priority.FLASH:
        headers["Importance"] = "high"
    if envelope.reply_to:
        headers["Reply-To"] = address_of(envelope.reply_to)
    if len(message.stories) == 1:
        headers["In-Reply-To"] = headers["References"] = f"<story.{message.stories[0].story_id}@{domain}>"
    if envelope.unsubscribe and len(envelope.unsubscribe) < _LONGEST_LINE - 50:
        headers["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return headers


def address_of(text: str) -> Address:
    """An address, with a name or without: `Desk <desk@news.example>`; its host as DNS has it. Raises ValueError."""
    probe = EmailMessage(policy=_HEADERS)
    if text != one_line(text):
        raise ValueError("an address is one line")
    probe["To"] = text
    addresses = probe["To"].addresses
    defects = [one for one in probe["To"].defects if not isinstance(one, NonASCIILocalPartDefect)]
    if len(addresses) != 1 or defects or not addresses[0].domain or not addresses[0].username:
        raise ValueError(f"{text[:100]!r} is no address; expected name@host.example")
    found: Address = addresses[0]
    if len(found.addr_spec) > _LONGEST_ADDRESS:
        raise ValueError(f"{text[:100]!r} is longer than an address can be")
    try:
        domain = found.domain if found.domain.isascii() else found.domain.encode("idna").decode()
    except UnicodeError:
        raise ValueError(f"{text[:100]!r} names no host that can be") from None
    return Address(found.display_name, found.username, domain)


def _subject(message: Message, layout: Layout) -> str:
    """What would be read as an encoded word is text."""
    title = layout.title
    if len(message.stories) > 1:
        title = f"{layout.rule.text}: {len(message.stories)} stories: {message.subject}"
    plain = one_line(title).replace("=?", "= ?")
    return clamp_text(" ".join(plain.split()), _SUBJECT_CHARACTERS)


def _encoded_words(text: str) -> list[str]:
    """Words of at most 75 characters (RFC 2047). Where that can be none begins or ends with a blank, which some readers lose."""
    pieces, piece = list[str](), ""
    for character in text:
        size = len((piece + character).encode())
        if size > _ENCODED_BYTES[1] or (size > _ENCODED_BYTES[0] and " " not in (piece[-1], character)):
            pieces.append(piece)
            piece = ""
        piece += character
    return [f"=?utf-8?b?{base64.b64encode(one.encode()).decode()}?=" for one in (*pieces, piece)]


def _list_name(text: str) -> str:
    """A phrase of ASCII: readers show it, and nothing depends on it."""
    plain = "".join(one for one in normalize("NFKD", text) if not combining(one))
    kept = "".join(one if one.isascii() and (one.isalnum() or one in " -_") else " " for one in plain)
    return " ".join(kept.split())[:60] or "rule"
