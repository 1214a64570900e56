"""What keeps a webhook between two parties: signatures of both kinds, headers that the receiver wants, TLS of one's own."""

import base64
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks.webhooks import Webhook

from alerts.channels.channel import Channel, SendFailure, Sending
from alerts.channels.message import message_of
from alerts.channels.registry import build_channel, channel_settings
from alerts.channels.signing import PrivateKey, has_signed, keys_of, public_key_of, signed_headers
from alerts.channels.stored import given, live, plain, secrets_of, shown
from core.clock import SystemClock
from core.errors import ConfigError
from core.model.outcome import FailureReason
from core.net.client import Fetcher
from core.net.guard import AddressGuard
from tests.alerts.making import NOW, notification
from tests.fakes.certificates import Authority
from tests.fakes.channel_tools import tools
from tests.fakes.receiver import Answer, Receiver

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
SEED = bytes(range(100, 132))
PRIVATE = "whsk_" + base64.b64encode(SEED).decode()
PUBLIC = str(PrivateKey(SEED).public)
TOKEN = "T0ken-of-the-desk"
MESSAGE = message_of(notification())


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(AddressGuard(["127.0.0.0/8"]), "wirewatch/test", SystemClock()) as open_fetcher:
        yield open_fetcher


def channel(fetcher: Fetcher, url: str, base_dir: Path = Path(), **more: object) -> Channel:
    return build_channel(
        channel_settings({"name": "desk", "kind": "webhook", "url": url, **more}), tools(fetcher, base_dir)
    )


async def send(channel: Channel) -> None:
    await channel.send(MESSAGE, Sending(notification_id="n1", attempt=1, now=SystemClock().now()))


def refused(**settings: object) -> str:
    with pytest.raises(ConfigError) as caught:
        channel_settings({"name": "desk", "kind": "webhook", "url": "https://x.example", **settings})
    return str(caught.value)


# --- signatures


async def test_a_private_key_signs_what_its_public_key_verifies(fetcher: Fetcher) -> None:
    async with Receiver() as receiver:
        await send(channel(fetcher, receiver.url, secret=PRIVATE))
    (request,) = receiver.received
    version, _, signature = request.headers["webhook-signature"].partition(",")
    assert version == "v1a"
    signed = f"n1.{request.headers['webhook-timestamp']}.".encode() + request.body
    verifier = Ed25519PublicKey.from_public_bytes(base64.b64decode(PUBLIC.removeprefix("whpk_")))
    verifier.verify(base64.b64decode(signature), signed)
    with pytest.raises(InvalidSignature):
        verifier.verify(base64.b64decode(signature), signed + b" ")


async def test_a_receiver_may_move_from_a_shared_secret_to_a_public_key_without_losing_a_message(
    fetcher: Fetcher,
) -> None:
    async with Receiver() as receiver:
        await send(channel(fetcher, receiver.url, secret=f"{PRIVATE} {SECRET}"))
    (request,) = receiver.received
    assert [part.partition(",")[0] for part in request.headers["webhook-signature"].split()] == ["v1a", "v1"]
    assert Webhook(SECRET).verify(request.body, dict(request.headers)) == request.json
    headers = {name.lower(): value for name, value in request.headers.items()}
    for key in (*keys_of(SECRET), public_key_of(PUBLIC)):
        assert has_signed([key], headers, request.body)
        assert not has_signed([key], headers, request.body + b" ")
    assert not has_signed([public_key_of("whpk_" + base64.b64encode(bytes(32)).decode())], headers, request.body)


def test_a_signature_of_one_kind_is_none_of_the_other() -> None:
    headers = signed_headers(keys_of(PRIVATE), notification_id="n", timestamp=NOW, body=b"{}")
    renamed = {**headers, "webhook-signature": headers["webhook-signature"].replace("v1a,", "v1,")}
    assert has_signed(keys_of(PRIVATE), headers, b"{}")
    assert not has_signed(keys_of(PRIVATE), renamed, b"{}")
    assert not has_signed(keys_of(SECRET), headers, b"{}")


def test_a_private_key_may_hold_its_public_key_and_no_other() -> None:
    whole = base64.b64encode(SEED + PrivateKey(SEED).public.raw).decode()
    assert keys_of(f"whsk_{whole}") == keys_of(PRIVATE)
    other = base64.b64encode(SEED + bytes(32)).decode()
    with pytest.raises(ValueError, match="another public key"):
        keys_of(f"whsk_{other}")


@pytest.mark.parametrize(
    "secret", ["whsk_", "whsk_YQ==", "whsk_???", PUBLIC, "whsk_" + base64.b64encode(bytes(48)).decode()]
)
def test_what_is_no_private_key_is_refused_without_being_shown(secret: str) -> None:
    told = refused(secret=secret)
    assert "channels.secret" in told
    assert secret == "whsk_" or secret not in told


@pytest.mark.parametrize("text", ["", "whsec_YQ==", "whpk_", "whpk_YQ==", PRIVATE])
def test_what_is_no_public_key_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="public key"):
        public_key_of(text)


def test_a_private_key_stands_in_no_repr() -> None:
    assert repr(SEED) not in repr(keys_of(PRIVATE))


# --- headers


async def test_headers_of_ones_own_go_along_and_are_shown_nowhere(fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"Bearer {TOKEN}\n")
    own: dict[str, object] = {"headers": {"X-Team": "desk-of-asia"}, "headers_files": {"Authorization": "token"}}
    async with Receiver(last=Answer(status=401, body=f"no, {TOKEN}")) as receiver:
        desk = channel(fetcher, receiver.url, tmp_path, **own)
        with pytest.raises(SendFailure) as caught:
            await send(desk)
    (request,) = receiver.received
    assert (request.headers["X-Team"], request.headers["Authorization"]) == ("desk-of-asia", f"Bearer {TOKEN}")
    assert request.headers["Content-Type"] == "application/json"
    settings = channel_settings({"name": "desk", "kind": "webhook", "url": "https://x.example/", **own})
    kept = shown("webhook", plain(settings))
    assert kept["headers"] == {"X-Team": "[secret]"}
    assert kept["headers_files"] == {"Authorization": "token"}
    assert {TOKEN, f"Bearer {TOKEN}", "desk-of-asia"} <= secrets_of(settings, tmp_path)
    for thing in (caught.value.detail, repr(settings), repr(desk)):
        assert TOKEN not in thing
        assert "desk-of-asia" not in thing


@pytest.mark.parametrize(
    "name",
    [
        "Content-Type",
        "content-length",
        "Host",
        "WEBHOOK-ID",
        "webhook-signature",
        "webhook-other",
        "User-Agent",
        "a b",
        "",
    ],
)
@pytest.mark.parametrize("key", ["headers", "headers_files"])
def test_headers_that_we_set_are_ours(name: str, key: str) -> None:
    told = refused(**{key: {name: "x"}})
    assert "is set by wirewatch" in told or "is no name of a header" in told


@pytest.mark.parametrize("value", ["", "a\nb", "a\rX-Other: 1", "ä", " a", "a\x00"])
def test_a_header_is_one_line_of_ascii(value: str, tmp_path: Path, fetcher: Fetcher) -> None:
    assert "no line of printable ASCII" in refused(headers={"X-Team": value})
    (tmp_path / "value").write_bytes(value.encode())
    if value != " a":  # blanks around what a file holds are not meant
        with pytest.raises(ConfigError, match=r"headers_files\.X-Team"):
            channel(fetcher, "https://x.example", tmp_path, headers_files={"X-Team": "value"})


def test_a_header_has_one_value() -> None:
    assert "named twice" in refused(headers={"X-Team": "a", "x-team": "b"})
    assert "in `headers` and in `headers_files`" in refused(headers={"X-Team": "a"}, headers_files={"x-team": "f"})


def test_headers_are_given_on_a_command_line_and_may_come_from_the_environment() -> None:
    settings = given("webhook", {"url": "https://x.example", "headers": '{ "X-Team" = "${TEAM}" }'})
    assert (
        live("desk", "webhook", settings, {"TEAM": "asia"}).model_dump()["headers"]["X-Team"].get_secret_value()
        == "asia"
    )
    assert shown("webhook", settings)["headers"] == {"X-Team": "${TEAM}"}


# --- TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def failed(desk: Channel) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await send(desk)
    return caught.value


async def test_an_authority_of_ones_own_is_believed_where_it_is_named(fetcher: Fetcher, authority: Authority) -> None:
    async with Receiver(tls=authority.server()) as receiver:
        await send(channel(fetcher, receiver.url, authority.folder, ca_file="ca.pem"))
        unknown = await failed(channel(fetcher, receiver.url))
    assert len(receiver.received) == 1
    assert (unknown.reason, unknown.retriable) == (FailureReason.TLS, True)


async def test_a_certificate_of_ours_is_shown_to_a_receiver_that_asks_for_one(
    fetcher: Fetcher, authority: Authority
) -> None:
    authority.sign("desk")
    both = authority.folder / "both.pem"
    both.write_bytes((authority.folder / "desk.pem").read_bytes() + (authority.folder / "desk.key").read_bytes())
    async with Receiver(tls=authority.server(asks_for_certificate=True)) as receiver:
        ways: list[Mapping[str, object]] = [
            {"cert_file": "desk.pem", "key_file": "desk.key"},
            {"cert_file": "both.pem"},
        ]
        for way in ways:
            await send(channel(fetcher, receiver.url, authority.folder, ca_file="ca.pem", **way))
        without = await failed(channel(fetcher, receiver.url, authority.folder, ca_file="ca.pem"))
    assert len(receiver.received) == 2
    assert without.retriable


def test_files_that_cannot_be_used_are_told_by_name(fetcher: Fetcher, authority: Authority) -> None:
    authority.sign("desk")
    authority.sign("other")
    (authority.folder / "text").write_text("no certificate")
    cases: list[tuple[dict[str, object], str]] = [
        ({"ca_file": "nowhere.pem"}, "ca_file: nowhere.pem cannot be used: No such file"),
        ({"ca_file": "text"}, "ca_file: text cannot be used: no PEM file"),
        ({"cert_file": "desk.pem"}, "cert_file: desk.pem cannot be used"),
        ({"cert_file": "desk.pem", "key_file": "other.key"}, "do not belong together"),
    ]
    for settings, told in cases:
        with pytest.raises(ConfigError, match=told):
            channel(fetcher, "https://x.example", authority.folder, **settings)
    assert "`key_file` needs `cert_file`" in refused(key_file="desk.key")


def test_of_a_certificate_nothing_is_secret_and_of_a_key_all_but_its_frame(authority: Authority) -> None:
    cert, key = authority.sign("desk")
    settings = channel_settings(
        {"name": "d", "kind": "webhook", "url": "https://x.example/", "cert_file": cert.name, "key_file": key.name}
    )
    found = secrets_of(settings, authority.folder)
    assert key.read_text().splitlines()[1] in found
    assert not [one for one in found if "PRIVATE" in one or one in cert.read_text()]
