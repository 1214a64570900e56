"""Machine code from Python functions, by numba, kept in a folder so that a start loads it and does not compile it.

The folder's name holds a digest of all kernels' sources: numba itself looks only at the file of the function that is
loaded, and would go on using code whose callee has changed.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

import numba
import numpy as np
import structlog
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from alerts.rules import bytecode, scanner, selection
from alerts.rules.native.samples import ReadOnly
from core.kept_files import cache_folders

_logger = structlog.get_logger(__name__)
_numba: Any = numba  # typed in part only
_cgutils: Any = cgutils
_types: Any = types

F = TypeVar("F", bound=Callable[..., Any])


_COMPILED_TOO = tuple(Path(str(module.__file__)) for module in (bytecode, scanner, selection))


def _digest() -> str:
    said = hashlib.sha256(numba.__version__.encode())
    for source in (*sorted(Path(__file__).parent.glob("*.py")), *_COMPILED_TOO):
        said.update(source.read_bytes())
    return said.hexdigest()[:16]


def _wanted() -> list[Path]:
    """Where machine code may be kept, best first: NUMBA_CACHE_DIR, the user's cache, the temporary folder."""
    name = f"kernels-{_digest()}"
    return [root / name for root in cache_folders(os.environ.get("NUMBA_CACHE_DIR"))]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return folder.stat().st_uid == os.getuid()
    except OSError:
        return False


def folder_for_code() -> Path | None:
    """The first folder of ours that can be written. What is kept in another one (an image's) is copied to it."""
    wanted = _wanted()
    known = [folder for folder in wanted if folder.is_dir()]
    folder = next((folder for folder in wanted if _writable(folder)), None)
    if folder is not None and known and folder not in known:
        shutil.copytree(known[0], folder, dirs_exist_ok=True)
    return folder


_FOLDER = folder_for_code()
if _FOLDER is None:
    _logger.warning("machine_code_not_kept", hint="set NUMBA_CACHE_DIR to a folder that can be written")
else:
    _numba.config.CACHE_DIR = str(_FOLDER)


def inner(function: F) -> F:
    """A function that only kernels call: compiled into them."""
    compiled: F = _numba.njit(nogil=True, error_model="numpy")(function)
    return compiled


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A plain function of another module, and those that it calls, as kernels call it: one text, two ways to run it."""
    if function not in _COMPILED:
        code: Any = function
        called = ((name, code.__globals__.get(name)) for name in code.__code__.co_names)
        ours = {name: compiled(value) for name, value in called if isinstance(value, FunctionType)}
        linked: Callable[..., Any] = FunctionType(code.__code__, {**code.__globals__, **ours}, code.__name__)
        _COMPILED[function] = inner(linked)
    return _COMPILED[function]


_COMPILED: dict[Callable[..., Any], Callable[..., Any]] = {}


@intrinsic
def ptr(typing_context: Any, array: Any) -> Any:  # noqa: ARG001 - numba's signature
    """Where an array's values are: what inner functions take in its place, without its length.

    An array is seven values and is counted; a tuple of forty of them, handed from function to function, costs more than the
    work that it is for, and minutes to compile.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _cgutils.create_struct_proxy(signature.args[0])(context, builder, value=arguments[0]).data

    return _types.CPointer(array.dtype)(array), generate


@intrinsic
def later(typing_context: Any, pointer: Any, positions: Any) -> Any:  # noqa: ARG001 - numba's signature
    """A pointer so many positions on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001 - numba's signature
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, _types.intp), generate


@intrinsic
def fetch(typing_context: Any, pointer: Any, place: Any) -> Any:  # noqa: ARG001 - numba's signature
    """Ask the processor to bring a value near, since it will be read soon."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001 - numba's signature
        number, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = _cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        at = builder.bitcast(builder.gep(arguments[0], [arguments[1]]), byte)
        builder.call(function, [at, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return _types.void(pointer, _types.intp), generate


def row_of(arrays: Sequence[Any]) -> Any:
    """What a kernel takes in place of these arrays, which have to live as long: one array of addresses."""
    return np.array([array.__array_interface__["data"][0] for array in arrays], np.int64)


def pointers(sample: tuple[Any, ...]) -> Callable[[Any], Any]:
    """A function that kernels call: from a row of addresses, pointers in the shape of the sample, a named tuple of arrays."""
    shape = _pointer_type(_numba.typeof(sample))

    @intrinsic
    def taken(typing_context: Any, row: Any) -> Any:  # noqa: ARG001 - numba's signature
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = _cgutils.create_struct_proxy(signature.args[0])(context, builder, value=arguments[0]).data
            return _loaded(shape, context, builder, data, count())

        return shape(row), generate

    found: Any = taken
    return cast(Callable[[Any], Any], found)


def _pointer_type(shape: Any) -> Any:
    if isinstance(shape, _types.Array):
        return _types.CPointer(shape.dtype)
    return _types.BaseTuple.from_types([_pointer_type(one) for one in shape.types], shape.instance_class)


def _loaded(shape: Any, context: Any, builder: Any, data: Any, places: Iterator[int]) -> Any:
    if isinstance(shape, _types.CPointer):
        address = builder.load(builder.gep(data, [ir.IntType(64)(next(places))]))
        return builder.inttoptr(address, context.get_value_type(shape))
    parts = [_loaded(one, context, builder, data, places) for one in shape.types]
    return context.make_tuple(builder, shape, parts)


def kernel(returns: Any, *samples: object) -> Callable[[F], F]:
    """A function that Python calls: compiled when its module is loaded, for arguments of the samples' types only.

    It runs without the interpreter's lock, so that a thread that matches does not stall the event loop.
    """
    signature = _type_of(returns)(*map(_type_of, samples))

    def compile_(function: F) -> F:
        options = {"nogil": True, "error_model": "numpy", "cache": _FOLDER is not None}
        compiled: F = _numba.njit(signature, **options)(function)
        return compiled

    return compile_


def _type_of(sample: object) -> Any:
    if sample is None:
        return _types.void
    if isinstance(sample, ReadOnly):
        return _types.Array(_numba.from_dtype(np.dtype(sample.dtype)), 1, "C", readonly=True)
    return _types.int64 if sample is int else _numba.typeof(sample)
