"""The matcher as machine code (docs/matching.md). Importing any module of it but this one loads numba and the kernels."""


def warm_up() -> None:
    """Compile all kernels, or load them where that was done before: `make setup` and the image build call it."""
    from alerts.rules.native import layers  # noqa: F401, PLC0415 - importing it is the work, and importing this must not do it
