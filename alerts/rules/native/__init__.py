"""The matcher as machine code (docs/matching.md). Importing any module of it but this one loads numba and the kernels."""

from alerts.rules.engine import machine_code_installed


def warm_up() -> None:
    """Compile all kernels, or load them where that was done before: `make setup-fast` and the image build call it. Nothing is done
    where numba is not installed."""
    if machine_code_installed():
        from alerts.rules.native import segments  # noqa: F401, PLC0415 - importing it is the work, and importing this must not do it
