"""What the tables of a configuration file are made of."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from core.environment_text import from_environment
from core.masking import masked
from core.model.naming import a_name
from core.net.url import BadUrl, web_url
from wirewatch.config.hints import address_hint


class Section(BaseModel):
    """Refuses what it does not know, never shows a value in an error."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, data: Any) -> Any:
        """A variable of the environment is text; where a number, a truth value or a list is due, TOML reads it."""
        return from_environment(data, cls) if isinstance(data, dict) else data


def _web_address(value: str) -> str:
    try:
        web_url(value)
    except BadUrl as error:
        hint = address_hint(value)
        raise ValueError(f"expected an http:// or https:// URL{hint or f': {masked(str(error))}'}") from None
    return value


Name = Annotated[str, AfterValidator(a_name)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
