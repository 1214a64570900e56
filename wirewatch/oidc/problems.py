"""Why a sign-in by the provider failed: a closed set, each member with the words that the sign-in page shows."""

from enum import StrEnum

from core.errors import WirewatchError


class SignInProblem(StrEnum):
    """The value stands in the address of the sign-in page and in the log."""

    PROVIDER_DOWN = "provider_down"
    BAD_PROVIDER = "bad_provider"
    PROVIDER_REFUSED = "provider_refused"
    CODE_REFUSED = "code_refused"
    UNKNOWN_STATE = "unknown_state"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_NONCE = "wrong_nonce"
    EXPIRED = "expired"
    BAD_SIGNATURE = "bad_signature"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a word of the closed set
    NO_NAME = "no_name"
    NO_GROUP = "no_group"
    NAME_TAKEN = "name_taken"
    DISABLED = "disabled"
    TOO_MANY = "too_many"

    @property
    def words(self) -> str:
        """What happened and what to do, for somebody who wants to sign in."""
        return _WORDS[self]


_WORDS = {
    SignInProblem.PROVIDER_DOWN: "The sign-in provider does not answer. Try again in a minute; if it stays so, tell your admin, "
    "or sign in with a password if you have one.",
    SignInProblem.BAD_PROVIDER: "The sign-in provider's own description is not usable: its issuer is not the configured one, or an "
    "address is missing. An admin must compare oidc.issuer with what the provider calls itself.",
    SignInProblem.PROVIDER_REFUSED: "The sign-in provider did not let you in, or you left its page before the end. Try again.",
    SignInProblem.CODE_REFUSED: "The sign-in provider took back what it had given: the code was used or too old, or it does not know "
    "this wirewatch. Try again; if it stays so, an admin must check oidc.client_id and oidc.client_secret.",
    SignInProblem.UNKNOWN_STATE: "This sign-in was used already, is older than ten minutes, or began in another browser. "
    "Begin again here.",
    SignInProblem.WRONG_ISSUER: "The answer comes from another sign-in provider than the configured one, so it was not believed. "
    "An admin must check oidc.issuer.",
    SignInProblem.WRONG_AUDIENCE: "The sign-in provider's answer was meant for another application, so it was not believed. "
    "An admin must check oidc.client_id.",
    SignInProblem.WRONG_NONCE: "The sign-in provider's answer belongs to another sign-in, so it was not believed. Begin again here.",
    SignInProblem.EXPIRED: "The sign-in provider's answer has expired. Try again; if it stays so, the clocks of the two machines differ.",
    SignInProblem.BAD_SIGNATURE: "The sign-in provider's answer is not signed with one of its keys, so it was not believed.",
    SignInProblem.BAD_TOKEN: "The sign-in provider's answer is not what OpenID Connect promises, so it was not believed.",
    SignInProblem.NO_NAME: "The sign-in provider did not say your name. An admin must check oidc.name_claim and oidc.scopes.",
    SignInProblem.NO_GROUP: "You are known to the sign-in provider, but in no group that may use this wirewatch. "
    "Ask your admin for a group of oidc.roles.",
    SignInProblem.NAME_TAKEN: "Somebody else here has your name already, with a password or another account of the provider. "
    "Ask an admin to rename or remove that user.",
    SignInProblem.DISABLED: "Your user is disabled here. Ask an admin.",
    SignInProblem.TOO_MANY: "Too many sign-ins are begun at this moment. Try again in a minute.",
}


class SignInFailed(WirewatchError):
    """`detail` is for the log alone: it may repeat what the provider said, never a secret."""

    def __init__(self, problem: SignInProblem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem.value)
        self.problem = problem
        self.detail = detail
