"""The inside of a network that somebody else trains, by hooks, for no more than a share of the time.

Now and then one step is looked at: the activations of its forward pass, its gradient, its update. What that took is
counted, and the next look waits until the time since the beginning has paid for it. Between two looks there are four
hooks that return at once. Where PyTorch works on a GPU, a look waits for what is under way there and counts that, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

_UPDATES = 64_000_000  # weights up to which an update is measured: it takes a copy of them
_STARTS = 16_000_000  # weights up to which the way from the start is measured: it keeps a copy of them
_MARGIN = 1.5  # of the costliest look so far, that the next may cost
_FRESH_SECONDS = 1.0  # a look that no report has taken is renewed after this
_MARK = "_optimizer_step_pre_hooks"  # what only an optimizer has that calls hooks
_IDLE = 1.6e-5  # seconds that hooks with nothing to do take in a step, beside a bare loop on a busy machine
_ACTIVITIES = (  # in the order of the probe
    "activation_std",
    "dead_share",
    "saturated_share",
    "zero_outputs",
    "slope",
    "row_length",
    "direction_length",
)
_GUESS = (2e-4, 4e-9)  # seconds a layer and a weight, before the first look has been measured


@dataclass(kw_only=True)
class _Training:
    """What ``LayerProbe`` is asked about."""

    model: Any
    parameters: list[Any]
    starts: list[Any]
    device: Any


@dataclass(kw_only=True, eq=False)
class Account:
    """The time since the beginning, and what watching took of it. bound: the share that it may take."""

    bound: float
    began: float = field(default_factory=perf_counter)
    spent: float = 0.0

    def left(self, now: float) -> float:
        """Seconds that may be spent now."""
        return self.bound * (now - self.began) - self.spent

    @property
    def share(self) -> float:
        """What was spent, over what has passed."""
        return self.spent / max(1e-9, perf_counter() - self.began)


class _Hook:
    """A hook that stays with its model: copied or stored with it, it does nothing."""

    def __init__(self, call: Callable[..., None] | None = None) -> None:
        self._call = call

    def __call__(self, *given: Any) -> None:
        if self._call is not None:
            self._call(*given)

    def __reduce__(self) -> tuple[type[_Hook], tuple[()]]:
        return (_Hook, ())


class Inside:
    """Hooks in a model and its optimizer. ``newest`` is what the last look saw, None before it and once it was taken.

    on_trouble: told once of what went wrong in a hook; then there is no further look.
    """

    def __init__(self, model: Any, optimizer: Any, account: Account, on_trouble: Callable[[Exception], None]) -> None:
        import torch

        from trainers.loop import LayerProbe, lengths_between, squared_lengths

        self._torch, self._squared, self._between = torch, squared_lengths, lengths_between
        self.account, self._on_trouble = account, on_trouble
        trained = [p for p in model.parameters() if p.requires_grad]
        kinds = (torch.nn.Linear, torch.nn.modules.conv._ConvNd, torch.nn.RNNBase, torch.nn.Embedding)
        self.parameters = sum(p.numel() for p in trained)
        few = self.parameters <= _STARTS
        with torch.no_grad():
            starts = [p.detach().clone() for p in trained] if few else []
        device = trained[0].device if trained else torch.device("cpu")
        self._training = _Training(model=model, parameters=trained, starts=starts, device=device)
        self._probe = LayerProbe(self._training, kinds)
        self.layers, self.sizes = self._probe.names, self._probe.sizes
        self.steps = 0
        self.newest: dict[str, list[float | None]] | None = None
        self.grad_norm: float | None = None
        self._cost = _GUESS[0] * len(self.layers) + _GUESS[1] * self.parameters
        self._looked, self._looks = -_FRESH_SECONDS, 0
        self._activities: Any = None
        self._listening: list[Any] = []
        self._passed = False  # a forward pass since the last step
        self._gradients: Sequence[Any] | None = None
        self._old: list[Any] = []
        self._looking = 0.0  # seconds that the look under way has taken
        self._hooks: list[Any] = []
        if not hasattr(model, "_orig_mod"):  # a compiled model calls no hooks of its parts
            self._hooks += [
                model.register_forward_pre_hook(_Hook(self._before_forward)),
                model.register_forward_hook(_Hook(self._after_forward)),
            ]
        optimizer = _innermost(optimizer)
        self._has_steps = hasattr(optimizer, _MARK)
        if self._has_steps:
            self._hooks += [
                optimizer.register_step_pre_hook(_Hook(self._before_step)),
                optimizer.register_step_post_hook(_Hook(self._after_step)),
            ]

    def take(self) -> dict[str, list[float | None]] | None:
        """What the last look saw, once."""
        seen, self.newest = self.newest, None
        return seen

    def close(self) -> None:
        """Remove the hooks."""
        self._deaf()
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    # -- hooks --------------------------------------------------------------------------------------------------

    def _due(self, now: float) -> bool:
        if self.newest is not None and now - self._looked < _FRESH_SECONDS:
            return False
        return self.account.left(now) >= self._cost

    def _guarded(self, work: Callable[..., None], *given: Any) -> None:
        """Do it, count what it took; the training never sees that something went wrong."""
        began = perf_counter()
        try:
            with self._torch.no_grad():
                work(*given)
        except Exception as error:
            self.close()
            self._on_trouble(error)
        finally:
            took = perf_counter() - began
            self._looking += took
            self.account.spent += took

    def _before_forward(self, model: Any, _args: Any) -> None:
        self._passed = True
        if self._activities is None and model.training and self.layers and self._due(perf_counter()):
            self._guarded(self._listen)

    def _listen(self) -> None:
        self._looking = 0.0
        self._activities = self._probe.silent()
        for module, hook in self._probe.hooks(self._activities, self._training.model):

            def heard(module: Any, args: Any, output: Any, hook: Callable[..., None] = hook) -> None:
                self._guarded(hook, module, args, output)

            self._listening.append(module.register_forward_hook(heard))

    def _deaf(self) -> None:
        for hook in self._listening:
            hook.remove()
        self._listening.clear()

    def _after_forward(self, _model: Any, _args: Any, _output: Any) -> None:
        if self._listening:
            self._guarded(self._heard)

    def _heard(self) -> None:
        self._deaf()
        if not self._has_steps:
            self._finish([])

    def _before_step(self, _optimizer: Any, _args: Any, _kwargs: Any) -> None:
        self.steps += 1
        self.account.spent += _IDLE
        # Of a model whose forward pass is not heard (a compiled one), the step alone is looked at.
        if self._activities is not None or (not self._passed and self.layers and self._due(perf_counter())):
            self._guarded(self._before)

    def _before(self) -> None:
        if self._activities is None:
            self._looking, self._activities = 0.0, self._probe.silent()
        trained = self._training.parameters
        self._gradients = self._squared([self._torch.zeros_like(p) if p.grad is None else p.grad for p in trained])
        self._old = [p.detach().clone() for p in trained] if self.parameters <= _UPDATES else []

    def _after_step(self, _optimizer: Any, _args: Any, _kwargs: Any) -> None:
        self._passed = False
        if self._gradients is not None:
            self._guarded(self._after)

    def _after(self) -> None:
        probe, training = self._probe, self._training
        assert self._gradients is not None
        columns = [("grad_norm", probe.grouped(self._gradients))]
        columns.append(("weight_norm", probe.grouped(self._squared(training.parameters))))
        if self._old:
            columns.append(("update_ratio", probe.grouped(self._between(training.parameters, self._old))))
        if training.starts:
            columns.append(("distance", probe.grouped(self._between(training.parameters, training.starts))))
            columns.append(("starts", probe.grouped(self._squared(training.starts))))
        columns.append(("zero_share", probe.zeros()))
        whole = self._torch.stack(list(self._gradients)).sum().sqrt()
        self._gradients, self._old = None, []
        self._finish(columns, whole)

    def _finish(self, columns: list[tuple[str, list[Any]]], whole: Any = None) -> None:
        """Fetch all numbers in one transfer."""
        count = len(self.layers)
        places = range(len(_ACTIVITIES))
        heard = [(row, place) for row in range(count) for place in places if self._activities[row][place] is not None]
        tensors = [value for _, column in columns for value in column]
        tensors += [self._activities[row][place] for row, place in heard]
        tensors += [] if whole is None else [whole]
        numbers: list[float] = self._torch.stack([t.float() for t in tensors]).tolist() if tensors else []
        seen: dict[str, list[float | None]] = {}
        for at, (name, _) in enumerate(columns):
            seen[name] = list(numbers[at * count : (at + 1) * count])
        for place, name in enumerate(_ACTIVITIES):
            seen[name] = [None] * count
            for (row, of), value in zip(heard, numbers[len(columns) * count :], strict=False):
                if of == place:
                    seen[name][row] = value
        _divide(seen, "update_ratio", seen.get("weight_norm"))
        _divide(seen, "distance", seen.pop("starts", None))
        if whole is not None:
            self.grad_norm = numbers[-1]
        self.newest, self._activities, self._looked = seen, None, perf_counter()
        self._cost = max(_MARGIN * self._looking, 0.7 * self._cost if self._looks else 0.0)
        self._looks += 1


def _innermost(optimizer: Any) -> Any:
    """The optimizer of PyTorch inside those of Lightning and Accelerate, which call no hooks of their own."""
    while not hasattr(optimizer, _MARK) and hasattr(optimizer, "optimizer"):
        optimizer = optimizer.optimizer
    return optimizer


def _divide(seen: dict[str, list[float | None]], name: str, by: Sequence[float | None] | None) -> None:
    if name in seen and by is not None:
        pairs = zip(seen[name], by, strict=True)
        seen[name] = [above / below if below and above is not None else None for above, below in pairs]
