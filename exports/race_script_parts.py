"""The fixed parts of a race's script: what moves a point, by our own rules and by PyTorch's optimizers."""

from __future__ import annotations

OPENING = '''"""A race of optimizers from one start on one surface, exported from Descent Lab.

{how}
It needs Python 3.11 or later, {needs}.
"""
{link}
{imports}

{settings}
LANDSCAPE = {name}
START = {start}
STEPS = {steps}
{noise}'''

OWN_RULES = """A rule is two functions: one for what it remembers at the start, and one for a step, which returns the
next point and what is remembered then. They are the very functions that Descent Lab runs.
"""
TORCH_RULES = """Optimizers that PyTorch has are PyTorch's own.
"""

IN_NUMPY = """np.seterr(all="ignore")  # a path that diverges overflows; the last lines say where
"""
IN_TORCH = """torch.set_default_dtype(torch.float64)
"""

NOISE = """NOISE, SEED = {noise}, {seed}
"""

TILTS = "# A step's noise tilts the whole surface, the same for value and gradient, as a minibatch does.\n"
NUMPY_TILTS = TILTS + "TILTS = noise_tilts(NOISE, SEED, STEPS{dimensions})\n"
TORCH_TILTS = TILTS + "TILTS = torch.from_numpy(noise_tilts(NOISE, SEED, STEPS{dimensions}))\n"
NO_TILTS = "TILTS = None  # no gradient noise\n"

SURFACE = '''class Surface:
    """f with its exact derivatives, as a rule asks for them."""

    value, gradient, hessian = staticmethod(f), staticmethod(gradient), staticmethod(hessian)
'''

SURFACE_OF_ROWS = '''class Surface:
    """f with its exact derivatives over some of the rows, as a rule asks for them."""

    def __init__(self, rows=ROWS):
        self.rows = rows

    def value(self, point):
        return f(point, self.rows)

    def gradient(self, point):
        return gradient(point, self.rows)

    def hessian(self, point):
        return hessian(point, self.rows)

    def batch(self, indices):
        return Surface(ROWS[indices])
'''

RUN_RULE = '''def run_rule(init, step, hyper{rates}{batches}):
    """The path from START as a list of points, and the step at which it diverged, or None."""
    points, hyper, path = np.array(START), dict(hyper), [START]
    objective = {metered}
{first_rate}    state = init(points, hyper)
    for k in range(STEPS):
{rate}        objective.begin(k)
        points, state = step(objective, points, state, hyper, k)
        value = f(points)
        if not (np.isfinite(value) and np.isfinite(points).all()):
            return path, k + 1
        path.append(tuple(points.tolist()))
{observe}    return path, None
'''
RATES = {
    "rates": ", rates=None",
    "first_rate": '    if rates is not None:\n        hyper["lr"] = rates.at(0)\n',
    "rate": '        if rates is not None:\n            hyper["lr"] = rates.at(k)\n',
    "observe": "        if rates is not None:\n            rates.observe(value)\n",
}

RUN_TORCH = '''def run_torch(make_optimizer{make_scheduler}{batches}):
    """The path from START as a list of points, and the step at which it diverged, or None."""
    point = torch.tensor(START, requires_grad=True)
    optimizer = make_optimizer([point])
{scheduler}    path = [START]
{objective}    for k in range(STEPS):
{closure}

        optimizer.step(closure)
        value = {value}
        if not math.isfinite(value) or not point.isfinite().all():
            return path, k + 1
        path.append(tuple(point.tolist()))
{advance}    return path, None
'''
IN_BATCHES = {"batches": ", batches=None", "metered": "Meter(Surface(), TILTS, batches)"}
ALL_AT_ONCE = {"batches": "", "metered": "Meter(Surface, TILTS)"}
SCHEDULER = {
    "make_scheduler": ", make_scheduler=None",
    "scheduler": "    scheduler = make_scheduler and make_scheduler(optimizer)\n",
    "advance": "        if scheduler and k + 1 < STEPS:\n            advance(scheduler, value)\n",
}
BY_AUTOGRAD = {
    "objective": "",
    "closure": """
        def closure(k=k):
            optimizer.zero_grad()
            loss = f(point) + TILTS[k] @ point
            loss.backward()
            return loss
""",
    "value": "f(point.detach()).item()",
}
BY_NUMPY = {
    "objective": "    objective = {metered}\n",
    "closure": """        objective.begin(k)

        def closure():
            here = point.detach().numpy()
            point.grad = torch.from_numpy(objective.gradient(here))  # all that an optimizer needs of a loss
            return torch.tensor(objective.value(here))
""",
    "value": "float(f(point.detach().numpy()))",
}

SCHEDULED = '''class Scheduled:
    """A schedule that PyTorch lacks, in the shape of PyTorch's own."""

    def __init__(self, optimizer, rates):
        self.optimizer, self.rates, self.k = optimizer, rates, 0
        self.set_rate()

    def set_rate(self):
        for group in self.optimizer.param_groups:
            group["lr"] = self.rates.at(self.k)

    def step(self, value):
        self.rates.observe(value)
        self.k += 1
        self.set_rate()
'''

WARM_UP = '''class WarmUp:
    """A rate that rises in a straight line, then another schedule, which counts its steps from there."""

    def __init__(self, optimizer, start_factor, steps, then):
        self.optimizer, self.left, self.then = optimizer, steps, then
        self.current = torch.optim.lr_scheduler.LinearLR(optimizer, start_factor, total_iters=steps)

    def step(self, value):
        self.left -= 1
        if self.left == 0:
            for group in self.optimizer.param_groups:
                group["lr"] = group.pop("initial_lr")
            self.current = self.then(self.optimizer)
        else:
            advance(self.current, value)
'''

ADVANCE = '''def advance(scheduler, value):
    """The next step's rate. Only a schedule that waits for a plateau looks at the value."""
    if isinstance(scheduler, {watching}):
        scheduler.step(value)
    else:
        scheduler.step()
'''

MAIN = """if __name__ == "__main__":
    print(f"{{LANDSCAPE}}: {{STEPS}} steps from {start}")
    for label, run in RACE:
        path, diverged = run()
        value = {value}
        ending = "" if diverged is None else f" (the last finite point: it diverges at step {{diverged}})"
        print(f"{{label}}: f({place}) = {{value!r}}{{ending}}")
"""
# How a point is printed: on a line its second component is always 0.
IN_THE_PLANE = {"start": "{START}", "place": "{path[-1][0]!r}, {path[-1][1]!r}"}
ON_A_LINE = {"start": "{START[0]}", "place": "{path[-1][0]!r}"}
LEFT_OUT = """    for sentence in LEFT_OUT:
        print(sentence)
"""
