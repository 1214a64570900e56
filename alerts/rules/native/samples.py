"""What a kernel's signature says where no value of the type is at hand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """An array of bytes or code points that was made of a text, and may not be written."""

    dtype: type
