"""A device beside the CPU, on machines that have none: what is left on the wrong side is refused, as a GPU refuses it.

Its numbers lie in the memory of this machine and are reckoned by the CPU, so results are those of the CPU to the last
bit; but tensors say that they are elsewhere. It is as strict as devices are: two tensors meet only on one of them
(a single number may come from the CPU, and indices), NumPy does not see it, and like Apple's GPUs it has no float64.
It is asked for by the name ``meta``, which every build of PyTorch knows.

    with far_device():
        train(config, report=..., device=FAR)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NoReturn
from unittest import mock

import torch
from torch import Tensor
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from trainers.loop import Device, hardware

FAR = "meta"
_DEVICE = torch.device(FAR)
HERE = Device(key="cpu", name="CPU", kind="cpu")
THERE = Device(key=FAR, name="Another device", kind="mps")
_ATEN = torch.ops.aten
_COPIES = (_ATEN._to_copy.default, _ATEN.copy_.default)
_INDEXES = (_ATEN.index.Tensor, _ATEN.index_put.default, _ATEN.index_put_.default, _ATEN._index_put_impl_.default)


class _FarTensor(Tensor):
    """near: its numbers, a tensor of the CPU."""

    near: Tensor
    is_meta = False  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride] - weights can be loaded
    # Methods stay those of Tensor.
    __torch_function__ = torch._C._disabled_torch_function_impl  # pyright: ignore[reportAssignmentType]

    @staticmethod
    def __new__(cls, near: Tensor) -> _FarTensor:
        made = Tensor._make_wrapper_subclass(
            cls,
            near.size(),
            strides=near.stride(),
            storage_offset=near.storage_offset(),
            dtype=near.dtype,
            layout=near.layout,
            device=_DEVICE,
        )
        made.near = near
        return made

    @classmethod
    def __torch_dispatch__(
        cls, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        return _ran(func, args, kwargs or {})

    def tolist(self) -> Any:
        return self.near.tolist()

    def new_tensor(self, data: Any, *_: Any, **options: Any) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _far(self.near.new_tensor(data, **options))

    def numpy(self, **_: Any) -> NoReturn:
        raise TypeError("a tensor of another device is no array; Tensor.cpu() copies it")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        self.numpy()

    def __repr__(self, **_: Any) -> str:
        return f"far({self.near!r})"


class Machine(TorchDispatchMode):
    """Makes what is asked for by the device's name. results: how many tensors have been reckoned on it."""

    results: int = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        made = _ran(func, args, kwargs or {})
        self.results += isinstance(made, _FarTensor)
        return made


def _ran(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    tensors = [each for each in tree_leaves((args, kwargs)) if isinstance(each, Tensor)]
    far = [each for each in tensors if isinstance(each, _FarTensor)]
    _refuse_strangers(func, args, far, [each for each in tensors if not isinstance(each, _FarTensor)])
    wanted = kwargs.get("device")
    goes_far = bool(far) if wanted is None else torch.device(wanted).type == FAR
    owner = {id(each.near): each for each in far}
    near_args, near_kwargs = tree_map(lambda x: x.near if isinstance(x, _FarTensor) else x, (args, dict(kwargs)))
    if wanted is not None:
        near_kwargs["device"] = "cpu"
    made = func(*near_args, **near_kwargs)
    if far and torch.Tag.inplace_view in func.tags:  # another shape of the same tensor
        with no_dispatch():
            func(*args, **kwargs)
    if func is _ATEN.copy_.default:
        return args[0]
    if not goes_far:
        return made
    # What an operation in place hands back is what it was given.
    return tree_map(lambda x: (owner[id(x)] if id(x) in owner else _far(x)) if isinstance(x, Tensor) else x, made)


def _far(near: Tensor) -> _FarTensor:
    if near.dtype is torch.float64:
        raise TypeError("this device has no float64")
    return _FarTensor(near)


def _refuse_strangers(func: Any, args: Sequence[Any], far: Sequence[Tensor], near: Sequence[Tensor]) -> None:
    if not far or func in _COPIES:
        return
    if func in _INDEXES:  # indices may lie on the CPU; what they are taken of lies where the values lie
        near = [each for each in near if each is args[0] or each is (args[2] if len(args) > 2 else None)]
    apart = [tuple(each.shape) for each in near if each.dim()]
    if apart:
        shapes = [tuple(each.shape) for each in far]
        raise RuntimeError(f"{func} takes tensors of one device; given were {shapes} of {FAR} and {apart} of cpu")


def _made_near(make: Callable[..., Tensor], data: Any, *, device: Any = None, **options: Any) -> Tensor:
    """PyTorch does not read the numbers of what it makes by the name ``meta``: made of them here, and copied."""
    made = make(data, device=None if device is not None and torch.device(device).type == FAR else device, **options)
    return made if device is None else made.to(device)


@contextmanager
def far_device() -> Iterator[Machine]:
    """Within it the device is there, the fastest one, and every run is large enough for it."""
    with (
        mock.patch.object(hardware, "devices", return_value=(THERE, HERE)),
        mock.patch.object(hardware, "WORTH_A_GPU", 0),
        mock.patch.object(torch, "tensor", partial(_made_near, torch.tensor)),
        mock.patch.object(torch, "as_tensor", partial(_made_near, torch.as_tensor)),
        Machine() as machine,
    ):
        yield machine
