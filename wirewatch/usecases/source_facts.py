"""What people say of a source, checked; and what the audit log keeps of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from core.masking import masked_url
from core.model import ids
from core.model.naming import a_tag
from core.model.source import MOST_TAGS, PATIENCE_SECONDS, Source, SourceKind
from core.net.url import BadUrl, feed_url, web_url
from wirewatch.config.hints import address_hint
from wirewatch.config.schema import country_code, language_code, time_zone
from wirewatch.usecases.refusals import Invalid, checked_name

_CHECKS = (("country", country_code), ("lang", language_code), ("time_zone", time_zone))
_LONGEST_SECONDS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """`country` ISO 3166-1 alpha-2, `lang` ISO 639-1, `time_zone` IANA. `since`: what it shows at first and was published
    from then on alerts; None: from when it is added. `site`: its publisher's home page."""

    url: str
    name: str
    kind: SourceKind = SourceKind.AUTO
    country: str | None = None
    lang: str | None = None
    time_zone: str | None = None
    since: datetime | None = None
    interval_seconds: float | None = None
    full_text: bool = True
    patience_seconds: float = PATIENCE_SECONDS
    tags: tuple[str, ...] = ()
    site: str | None = None


def checked_source(new: NewSource) -> Source:
    """As it is stored, with an id of its own. Raises Invalid with the field."""
    facts = {field: _fact(field, check, getattr(new, field)) for field, check in _CHECKS}
    checked_name(new.name)
    check_address(new.url)
    if new.interval_seconds is not None and not 0 < new.interval_seconds <= _LONGEST_SECONDS:
        raise Invalid("expected a number of seconds above 0", "interval_seconds")
    if not 0 <= new.patience_seconds <= _LONGEST_SECONDS:
        raise Invalid("expected a number of seconds, 0 or more", "patience_seconds")
    if new.since is not None and new.since.tzinfo is None:
        raise Invalid("expected a time with its offset", "since")
    return Source(
        source_id=ids.new_id(),
        name=new.name,
        url=new.url,
        kind=new.kind,
        country=facts["country"],
        lang=facts["lang"],
        time_zone=facts["time_zone"],
        since=new.since,
        interval_seconds=new.interval_seconds,
        full_text=new.full_text,
        patience_seconds=new.patience_seconds,
        tags=checked_tags(new.tags),
        site=None if new.site is None else _home_page(new.site),
    )


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Each once. Raises Invalid."""
    try:
        found = tuple(dict.fromkeys(map(a_tag, tags)))
    except ValueError as error:
        raise Invalid(str(error), "tags") from None
    if len(found) > MOST_TAGS:
        raise Invalid(f"expected {MOST_TAGS} tags at most, got {len(found)}", "tags")
    return found


def _home_page(site: str) -> str:
    try:
        return str(web_url(site))
    except BadUrl as error:
        raise Invalid(f"{error}{address_hint(site)}", "site") from None


def shape(source: Source) -> dict[str, object]:
    """What the audit log keeps of a source: what people may change of it, without what is secret in its address."""
    told: dict[str, object] = {"name": source.name, "url": masked_url(source.url), "kind": source.kind.value}
    told |= {name: getattr(source, name) for name in ("interval_seconds", "full_text", "country", "lang", "time_zone")}
    since = None if source.since is None else source.since.isoformat()
    return {
        **told,
        "patience_seconds": source.patience_seconds,
        "since": since,
        "tags": source.tags,
        "site": source.site,
    }


def check_address(url: str) -> None:
    """That it can be polled, and holds no password. Raises Invalid."""
    try:
        feed_url(url)
    except BadUrl as error:
        raise Invalid(f"{error}{address_hint(url)}", "url") from None
    address = web_url(url)
    if address.user is not None or address.password is not None:
        raise Invalid(
            "an address with a user or password is not kept in the database; add the source to the configuration, with "
            "`username` and `password_file`"
        )


def _fact(field: str, check: Callable[[str], str], value: str | None) -> str | None:
    try:
        return None if value is None else check(value)
    except ValueError as error:
        raise Invalid(str(error), field) from None
