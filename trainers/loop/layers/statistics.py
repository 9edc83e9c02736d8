"""Running statistics of batch normalization and batch renormalization, measured under weights that nobody has trained.

Mean weights and the points of a curve between networks have no statistics of their own, and a mean of statistics is
none of theirs: the training rows pass once more (Izmailov et al. 2018, arXiv:1803.05407; Garipov et al. 2018,
arXiv:1802.10026).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm  # pyright: ignore[reportPrivateUsage]  # what its kinds share

from networks.normalizing import BatchRenorm


def batch_norms(model: nn.Module) -> list[_BatchNorm | BatchRenorm]:
    """The layers that have running statistics."""
    return [module for module in model.modules() if isinstance(module, _BatchNorm | BatchRenorm)]


@torch.no_grad()
def measure_statistics(model: nn.Module, passes: Sequence[Tensor]) -> None:
    """Give a network in eval mode the running statistics of these rows, the mean over passes of about equal size."""
    norms = batch_norms(model)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        if isinstance(norm, BatchRenorm):
            norm.running_mean.zero_()
            norm.running_std.fill_(1)
        else:
            norm.reset_running_stats()
            norm.momentum = None  # so that every pass counts alike
        norm.train()
    with batch_alone(model):
        for number, rows in enumerate(passes, 1):
            for norm in norms:
                if isinstance(norm, BatchRenorm):
                    norm.num_batches_tracked.zero_()
                    norm.momentum = 1 / number  # the same
            model(rows)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum  # pyright: ignore[reportAttributeAccessIssue]  # its own
        norm.eval()


@contextmanager
def batch_alone(model: nn.Module) -> Iterator[None]:
    """Batch renormalization in train mode takes the statistics of each batch within, as it does in its first steps,
    where r = 1 and d = 0: its running averages are those of one network, and no measure of others."""
    renorms = [module for module in model.modules() if isinstance(module, BatchRenorm)]
    counts = [module.num_batches_tracked.clone() for module in renorms]
    for module in renorms:
        module.num_batches_tracked.zero_()
    try:
        yield
    finally:
        for module, count in zip(renorms, counts, strict=True):
            module.num_batches_tracked.copy_(count)
