"""E-mail's dialogue with servers: TLS, authentication, every refusal, extensions that are missing, sessions that break."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from alerts.channels.channel import SendFailure
from core.clock import SystemClock
from core.model.outcome import FailureReason
from tests.alerts.channels.mail_tools import ANN, BEN, MESSAGE, Book, channel, plain, read, sending
from tests.fakes.mail_server import MailServer

MANY = [f"desk{number}@desk.example" for number in range(5)]


def certificate_of(folder: Path, *, days: int) -> tuple[Path, ssl.SSLContext]:
    """Of localhost, signed by itself, that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    ends = SystemClock().now() + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=9))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "cert.pem").write_bytes(pem)
    (folder / "both.pem").write_bytes(secret + pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "both.pem")
    return folder / "cert.pem", context


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return certificate_of(tmp_path_factory.mktemp("certificate"), days=2)


@asynccontextmanager
async def saying(*said: bytes, seconds: float = 0.0) -> AsyncIterator[str]:
    """A server that says this and nothing else, piece by piece, and keeps the connection; its address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for piece in said:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(seconds)
            await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def failure_of(*servers: str, **more: Any) -> SendFailure:
    with pytest.raises(SendFailure) as caught:
        await channel(*servers, **{"timeout_seconds": 0.5, "to": [BEN], **more}).send(MESSAGE, sending())
    return caught.value


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_password_goes_under_tls_that_is_verified(
    certificate: tuple[Path, ssl.SSLContext], *, implicit: bool
) -> None:
    cert, context = certificate
    async with MailServer(tls=context, implicit=implicit, password="s3cret-pass") as server:
        address = f"{'smtps' if implicit else 'smtp'}://localhost:{server.port}"
        signed_in: dict[str, Any] = {"username": "wire", "password": "s3cret-pass", "starttls": "required", "to": [BEN]}
        await channel(address, ca_file=str(cert), **signed_in).send(MESSAGE, sending())
        assert [(mail.tls, mail.user) for mail in server.taken] == [(True, "wire")]
        with pytest.raises(SendFailure) as unknown:
            await channel(address, **signed_in).send(MESSAGE, sending())
        elsewhere = address.replace("localhost", "127.0.0.1")
        with pytest.raises(SendFailure) as other_name:
            await channel(elsewhere, ca_file=str(cert), **signed_in).send(MESSAGE, sending())
        with pytest.raises(SendFailure) as wrong:
            await channel(address, ca_file=str(cert), **{**signed_in, "password": "wr0ng-pass"}).send(
                MESSAGE, sending()
            )
    assert unknown.value.reason is other_name.value.reason is FailureReason.TLS
    assert wrong.value.reason is FailureReason.AUTH_ERROR
    assert "wr0ng-pass" not in wrong.value.detail
    assert len(server.taken) == 1


async def test_no_mail_goes_in_the_clear_unless_that_is_asked_for() -> None:
    async with MailServer() as server:
        with pytest.raises(SendFailure) as caught:
            await channel(plain(server), starttls="required").send(MESSAGE, sending())
    assert caught.value.reason is FailureReason.TLS
    assert server.taken == []


@pytest.mark.parametrize("unknown", [("PLAIN",), ("LOGIN",)])
async def test_either_way_to_sign_in_will_do(
    certificate: tuple[Path, ssl.SSLContext], unknown: tuple[str, ...]
) -> None:
    cert, context = certificate
    async with MailServer(tls=context, password="s3cret-pass", no_mechanisms=unknown) as server:
        address = f"smtp://localhost:{server.port}"
        mail = channel(
            address, ca_file=str(cert), username="wire", password="s3cret-pass", starttls="required", to=[BEN]
        )
        await mail.send(MESSAGE, sending())
    assert [mail.user for mail in server.taken] == ["wire"]


async def test_a_certificate_that_is_over_is_not_believed(tmp_path: Path) -> None:
    cert, context = certificate_of(tmp_path, days=-1)
    async with MailServer(tls=context) as server:
        failure = await failure_of(f"smtp://localhost:{server.port}", ca_file=str(cert), starttls="required")
    assert (failure.reason, failure.retriable) == (FailureReason.TLS, True)
    assert server.taken == []


async def test_unless_said_otherwise_this_machine_needs_no_tls_and_uses_what_it_offers(
    certificate: tuple[Path, ssl.SSLContext],
) -> None:
    cert, context = certificate
    async with MailServer() as bare, MailServer(tls=context) as able:
        await channel(f"smtp://localhost:{bare.port}", starttls=None, to=[BEN]).send(MESSAGE, sending())
        mail = channel(f"smtp://localhost:{able.port}", starttls=None, to=[BEN], ca_file=str(cert))
        await mail.send(MESSAGE, sending())
        failure = await failure_of(f"smtp://localhost:{able.port}", starttls=None)
    assert [mail.tls for mail in (*bare.taken, *able.taken)] == [False, True]
    assert failure.reason is FailureReason.TLS


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "retriable"), [("451 4.3.0 later", True), ("554 5.7.1 no", False)])
async def test_4xx_goes_to_the_next_server_at_every_step_and_5xx_does_not(
    step: str, answer: str, *, retriable: bool
) -> None:
    async with MailServer(answers={step: [answer] * 9}) as first, MailServer() as second:
        failure = await failure_of(plain(first))
        assert (failure.retriable, failure.status) == (retriable, int(answer[:3]))
        assert answer in failure.detail
        if retriable:
            await channel(plain(first), plain(second), to=[BEN]).send(MESSAGE, sending())
        else:
            await failure_of(plain(first), plain(second))
    assert len(second.taken) == retriable


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"554 no mail here\r\n", FailureReason.CONNECT),
        (b"421 too many connections\r\n", FailureReason.RATE_LIMITED),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", FailureReason.CONNECT),
        (b"220-" + b"x" * 200_000, FailureReason.CONNECT),
        (b"220 \x1b[31m\xff\xfe\r\n550 what\r\n", FailureReason.CONNECT),
        (b"", FailureReason.CONNECT),
    ],
    ids=["refuses", "busy", "no-smtp", "endless", "bytes", "silent"],
)
async def test_who_greets_badly_is_left_for_the_next_server(said: bytes, reason: FailureReason) -> None:
    async with saying(said) as odd, MailServer() as well:
        failure = await failure_of(odd)
        await channel(odd, plain(well), timeout_seconds=0.5, to=[BEN]).send(MESSAGE, sending())
    assert (failure.reason, failure.retriable) == (reason, True)
    assert "\x1b" not in failure.detail
    assert len(well.taken) == 1


async def test_a_server_that_drips_is_given_up_in_time() -> None:
    async with saying(*[b"220-wait\r\n"] * 200, seconds=0.05) as slow:
        async with asyncio.timeout(5):
            failure = await failure_of(slow)
    assert failure.reason is FailureReason.CONNECT


async def test_who_asks_for_a_password_that_is_not_set_is_named() -> None:
    async with MailServer(answers={"MAIL": ["530 5.7.0 authentication required"]}) as strict, MailServer() as other:
        await channel(plain(strict), plain(other), to=[BEN]).send(MESSAGE, sending())
        strict.answers["MAIL"] = ["530 5.7.0 authentication required"]
        failure = await failure_of(plain(strict))
    assert failure.reason is FailureReason.AUTH_ERROR
    assert len(other.taken) == 1


async def test_one_session_carries_all_letters() -> None:
    async with MailServer() as server:
        receipt = await channel(plain(server), to=MANY).send(MESSAGE, sending())
    assert server.sessions == 1
    assert [mail.recipients for mail in server.taken] == [(one,) for one in MANY]
    assert "handed over for 5" in receipt.detail


async def test_a_server_that_takes_few_in_a_session_gets_several_sessions() -> None:
    async with MailServer(per_session=2) as server:
        await channel(plain(server), to=MANY).send(MESSAGE, sending())
    assert server.sessions == 3
    assert [mail.recipients for mail in server.taken] == [(one,) for one in MANY]


async def test_a_letter_that_breaks_its_session_holds_up_no_other() -> None:
    book = Book()
    async with MailServer(drop_after_data=True, per_session=1) as server:
        mail = channel(plain(server), book=book, to=[ANN, BEN])
        with pytest.raises(SendFailure) as caught:
            await mail.send(MESSAGE, sending())
        assert caught.value.reason is FailureReason.DISCONNECTED
        server.drop_after_data = False
        await mail.send(MESSAGE, sending())
    assert set(book.noted["n1"]) == {"ann@desk.example", BEN}


async def test_a_server_that_is_down_is_asked_once_for_all() -> None:
    async with MailServer(answers={"EHLO": ["451 not now"] * 9}) as down:
        failure = await failure_of(plain(down), to=MANY)
    assert down.sessions == 1
    assert "and 4 more" in failure.detail


async def test_a_full_mailbox_says_nothing_of_the_server() -> None:
    async with MailServer(recipients={BEN: "452 4.2.2 mailbox full"}) as server:
        failure = await failure_of(plain(server), to=[ANN, BEN])
    assert (failure.reason, failure.retriable, failure.status) == (FailureReason.REFUSED, True, 452)


async def test_an_address_beyond_ascii_goes_where_it_is_taken() -> None:
    recipient = "Zoë <zoë@desk.example>"
    async with MailServer() as old, MailServer(utf8=True) as new:
        failure = await failure_of(plain(old), to=[recipient])
        await channel(plain(old), plain(new), to=[recipient, BEN]).send(MESSAGE, sending())
    assert (failure.reason, failure.retriable) == (FailureReason.REFUSED, False)
    assert "SMTPUTF8" in failure.detail
    assert [mail.recipients for mail in old.taken] == [(BEN,)]
    assert [mail.recipients for mail in new.taken] == [("zoë@desk.example",)]
    assert "SMTPUTF8" in new.taken[0].options
    assert read(new.taken[0].content)["To"] == recipient


async def test_a_host_beyond_ascii_is_written_as_dns_has_it() -> None:
    async with MailServer() as server:
        await channel(plain(server), to=["Ann <ann@müller.example>"]).send(MESSAGE, sending())
    (mail,) = server.taken
    assert mail.recipients == ("ann@xn--mller-kva.example",)
    assert b"To: Ann <ann@xn--mller-kva.example>\r\n" in mail.content


@pytest.mark.parametrize("hidden", [frozenset({"8BITMIME"}), frozenset({"8BITMIME", "SIZE"}), frozenset[str]()])
async def test_a_mail_needs_no_extension(hidden: frozenset[str]) -> None:
    async with MailServer(hidden=hidden) as server:
        await channel(plain(server), to=["Zoë <zoe@desk.example>"]).send(MESSAGE, sending())
    (mail,) = server.taken
    assert ("BODY=8BITMIME" in mail.options) == ("8BITMIME" not in hidden)
    assert mail.content.isascii()


async def test_a_mail_that_is_larger_than_a_server_takes_is_refused_for_good() -> None:
    async with MailServer(most_bytes=1_000) as server:
        failure = await failure_of(plain(server))
    assert (failure.reason, failure.retriable) == (FailureReason.PAYLOAD_TOO_LARGE, False)
    assert server.taken == []


async def test_a_send_that_is_given_up_leaves_no_connection() -> None:
    async with MailServer(hang_at="RCPT") as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await channel(plain(server), timeout_seconds=30, to=[BEN]).send(MESSAGE, sending())
    assert server.taken == []
