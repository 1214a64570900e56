"""Every code that a problem of the API can have: a closed set, each with its statuses, what it means and what mends it.

Beside these there is `bad_NAME` for a query parameter NAME whose value cannot be meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Code:
    """`statuses`: that it comes with. `means`, `mend`: sentences."""

    statuses: tuple[HTTPStatus, ...]
    means: str
    mend: str


CODES: Mapping[str, Code] = {
    "bad_json": Code((HTTPStatus.BAD_REQUEST,), "the body is no JSON", "the detail says in which line and column"),
    "bad_toml": Code((HTTPStatus.BAD_REQUEST,), "the body is no TOML", "the detail says in which line"),
    "bad_body": Code(
        (HTTPStatus.BAD_REQUEST,),
        "a member of the body is missing, unknown, or not as expected",
        "`problems` names each place and what was expected there",
    ),
    "bad_query": Code(
        (HTTPStatus.BAD_REQUEST,), "there is no such query parameter here", "`fix` is the nearest one that there is"
    ),
    "bad_event_id": Code(
        (HTTPStatus.BAD_REQUEST,), "`Last-Event-ID` is none of this stream", "leave it out, to begin with what comes"
    ),
    "bad_cursor": Code((HTTPStatus.BAD_REQUEST,), "the cursor is none of this list", "begin without one"),
    "bad_if_match": Code(
        (HTTPStatus.BAD_REQUEST,), "the header If-Match holds no tag", "send what the header ETag of the answer held"
    ),
    "bad_idempotency_key": Code(
        (HTTPStatus.BAD_REQUEST,), "the header Idempotency-Key holds no key", "send 1 to 255 printable ASCII characters"
    ),
    "bad_host": Code((HTTPStatus.BAD_REQUEST,), "the request names no host, or more than one", "send one header Host"),
    "invalid": Code(
        (HTTPStatus.BAD_REQUEST,),
        "what is asked for is invalid, or impossible as things stand",
        "the detail says why; `place` is where in the request",
    ),
    "not_signed_in": Code(
        (HTTPStatus.UNAUTHORIZED,),
        "nobody is signed in, or the token is unknown, ended or over",
        "send a token: `Authorization: Bearer ...`",
    ),
    "not_permitted": Code(
        (HTTPStatus.FORBIDDEN,), "whoever asks may not do this", "the detail names the permission that it needs"
    ),
    "foreign_origin": Code(
        (HTTPStatus.FORBIDDEN,),
        "a page of another site asked a browser to do this",
        "ask from a page of ours, or with a token",
    ),
    "not_found": Code(
        (HTTPStatus.NOT_FOUND,), "there is no such thing, or no such path", "`fix` is the nearest name that there is"
    ),
    "method_not_allowed": Code(
        (HTTPStatus.METHOD_NOT_ALLOWED,), "this cannot be done to what is there", "the header Allow says what can"
    ),
    "conflict": Code(
        (HTTPStatus.CONFLICT,), "nothing would change, or something else is in the way", "the detail says what"
    ),
    "not_a_feed": Code(
        (HTTPStatus.CONFLICT,), "a page stands there, not a feed", "take one of `feeds`, which its site has"
    ),
    "unreachable": Code(
        (HTTPStatus.CONFLICT,), "nobody answers at that address, or it is not to be read", "the detail says why"
    ),
    "managed_in_file": Code(
        (HTTPStatus.CONFLICT,), "it stands in a file, and is changed there", "the detail names the file"
    ),
    "idempotency_key_in_use": Code(
        (HTTPStatus.CONFLICT,), "the first request with this key is at work", "ask again after `Retry-After` seconds"
    ),
    "answer_not_kept": Code(
        (HTTPStatus.CONFLICT,),
        "it is done; the answer held a secret that is told once",
        "remove what was made, and make another",
    ),
    "gone": Code((HTTPStatus.GONE,), "it was there, and is over", "nothing"),
    "stale": Code(
        (HTTPStatus.PRECONDITION_FAILED,),
        "it was changed meanwhile; the detail says by whom and when, the header ETag is its present tag",
        "read it again, and change what it is now",
    ),
    "too_large": Code(
        (HTTPStatus.REQUEST_ENTITY_TOO_LARGE,), "the body is too large", "the detail says how large it may be"
    ),
    "too_slow": Code((HTTPStatus.REQUEST_TIMEOUT,), "the body did not arrive in time", "send it without pauses"),
    "bad_content_type": Code(
        (HTTPStatus.UNSUPPORTED_MEDIA_TYPE,),
        "the body is of a type that is not read here",
        "send what the detail names",
    ),
    "unknown_host": Code(
        (HTTPStatus.MISDIRECTED_REQUEST,), "the host name is not one of this server", "add it to server.hosts"
    ),
    "idempotency_key_reused": Code(
        (HTTPStatus.UNPROCESSABLE_ENTITY,),
        "the key came with another request before",
        "give each request a key of its own",
    ),
    "too_many_requests": Code(
        (HTTPStatus.TOO_MANY_REQUESTS,),
        "too much was asked for in too short a time",
        "ask again after `Retry-After` seconds",
    ),
    "too_many_streams": Code(
        (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE),
        "as many streams are open as one reader, or the process, may have",
        "close one, or ask again after `Retry-After` seconds",
    ),
    "starting": Code(
        (HTTPStatus.SERVICE_UNAVAILABLE,), "the process is starting", "ask again after `Retry-After` seconds"
    ),
    "unavailable": Code(
        (HTTPStatus.SERVICE_UNAVAILABLE,),
        "the database or the log cannot be reached",
        "ask again after `Retry-After` seconds",
    ),
    "internal": Code(
        (HTTPStatus.INTERNAL_SERVER_ERROR,), "a mistake of ours", "report it with what the log of the process says"
    ),
}


def codes_of(status: int) -> list[str]:
    """The codes that come with a status."""
    return [name for name, code in CODES.items() if status in code.statuses]
