"""Update rules that PyTorch does not have, as the generated scripts carry them: plain, for one point, in tensors.

``exports/race_script.py`` copies the functions it needs, with the helpers they call, into the script. They are the
rules of ``optimizers/`` once more, without batches and without counting evaluations; a test holds the two equal.

A rule gets the point ``x`` (a tensor of two numbers), the objective (value, gradient, hessian), its own memory (a dict
that starts empty), the number k of the step from 0, and its hyperparameters; it returns the next point.
"""

import math

STATIONARY = 1e-12  # a gradient this small is rounding
ROUNDING = 4 * 2.0**-52  # values this close, relatively, cannot be told apart


def momentum_ema(x, objective, memory, k, lr, momentum, weight_decay):
    gradient = objective.gradient(x) + weight_decay * x
    m = memory["m"] = momentum * memory.get("m", 0 * x) + (1 - momentum) * gradient
    return x - lr * m


def adam_averages(gradient, memory, beta1, beta2):
    m = memory["m"] = beta1 * memory.get("m", 0) + (1 - beta1) * gradient
    v = memory["v"] = beta2 * memory.get("v", 0) + (1 - beta2) * gradient**2
    return m, v


def adam_without_correction(x, objective, memory, k, lr, beta1, beta2, eps):
    m, v = adam_averages(objective.gradient(x), memory, beta1, beta2)
    return x - lr * m / (v.sqrt() + eps)


def lion(x, objective, memory, k, lr, beta1, beta2, weight_decay):
    m = memory.get("m", 0 * x)
    change = objective.gradient(x) - m
    memory["m"] = m + (1 - beta2) * change
    return x * (1 - lr * weight_decay) - lr * (m + (1 - beta1) * change).sign()


def sophia(x, objective, memory, k, lr, beta1, beta2, clip, update_period, eps, weight_decay):
    m = memory["m"] = beta1 * memory.get("m", 0 * x) + (1 - beta1) * objective.gradient(x)
    h = memory.get("h", 0 * x)
    if k % update_period == 0:
        h = memory["h"] = beta2 * h + (1 - beta2) * objective.hessian(x).diagonal()
    return x * (1 - lr * weight_decay) - lr * (m / h.clamp(min=eps)).clamp(-clip, clip)


def sam(x, objective, memory, k, lr, rho, momentum, weight_decay, adaptive):
    gradient = objective.gradient(x)
    size = abs(x) if adaptive else 1
    climb = rho * size**2 * gradient / ((size * gradient).norm() + 1e-12)
    gradient = objective.gradient(x + climb) + weight_decay * x
    m = memory["m"] = momentum * memory.get("m", 0) + gradient
    return x - lr * m


def lookahead(x, objective, memory, k, lr, base, k_steps, alpha, momentum, beta1, beta2, eps):
    slow = memory.setdefault("slow", x)
    gradient = objective.gradient(x)
    if base == "adam":
        m, v = adam_averages(gradient, memory, beta1, beta2)
        x = x - lr / (1 - beta1 ** (k + 1)) * m / ((v / (1 - beta2 ** (k + 1))).sqrt() + eps)
    else:
        m = memory["m"] = momentum * memory.get("m", 0) + gradient
        x = x - lr * m
    if (k + 1) % k_steps == 0:
        x = memory["slow"] = slow + alpha * (x - slow)
    return x


def adan(x, objective, memory, k, lr, beta1, beta2, beta3, eps, weight_decay):
    gradient = objective.gradient(x)
    change = gradient - memory.get("gradient", gradient)
    memory["gradient"] = gradient
    m = memory["m"] = beta1 * memory.get("m", 0) + (1 - beta1) * gradient
    d = memory["d"] = beta2 * memory.get("d", 0) + (1 - beta2) * change
    v = memory["v"] = beta3 * memory.get("v", 0) + (1 - beta3) * (gradient + beta2 * change) ** 2
    scale = (v / (1 - beta3 ** (k + 1))).sqrt() + eps
    x = x - lr * (m / (1 - beta1 ** (k + 1)) + beta2 * d / (1 - beta2 ** (k + 1))) / scale
    return x / (1 + lr * weight_decay)


def ademamix(x, objective, memory, k, lr, beta1, beta2, beta3, alpha, t_alpha_beta3, eps, weight_decay):
    gradient = objective.gradient(x)
    m, v = adam_averages(gradient, memory, beta1, beta2)
    if t_alpha_beta3 > k + 1:  # the slow average's half-life and weight grow evenly
        share = (k + 1) / t_alpha_beta3
        start = 1 / math.log(beta1) if beta1 > 0 else 0.0
        beta3 = min(math.exp(1 / ((1 - share) * start + share / math.log(beta3))), beta3)
        alpha = share * alpha
    slow = memory["slow"] = beta3 * memory.get("slow", 0) + (1 - beta3) * gradient
    scale = (v / (1 - beta2 ** (k + 1))).sqrt() + eps
    return x * (1 - lr * weight_decay) - lr * (m / (1 - beta1 ** (k + 1)) + alpha * slow) / scale


def prodigy(x, objective, memory, k, lr, beta1, beta2, eps, weight_decay, d0, d_coef, bias_correction):
    start, d = memory.setdefault("start", x), memory.get("d", d0)
    gradient = objective.gradient(x)
    rate = d * lr
    if bias_correction:
        rate = rate * math.sqrt(1 - beta2 ** (k + 1)) / (1 - beta1 ** (k + 1))
    keep, weight = math.sqrt(beta2), d / d0 * rate
    m = memory["m"] = beta1 * memory.get("m", 0) + d * (1 - beta1) * gradient
    v = memory["v"] = beta2 * memory.get("v", 0) + d * d * (1 - beta2) * gradient**2
    s = memory["s"] = keep * memory.get("s", 0) + weight * gradient
    numerator = memory["r"] = keep * memory.get("r", 0) + weight * (gradient @ (start - x)).item()
    denominator = abs(s).sum().item()
    d = memory["d"] = max(d, d_coef * numerator / denominator) if denominator > 0 else d
    return x * (1 - rate * weight_decay) - rate * m / (v.sqrt() + d * eps)


def schedule_free_adamw(x, objective, memory, k, lr, beta1, beta2, eps, weight_decay, warmup_steps, r, weight_lr_power):
    z = memory.get("z", x)
    y = z + beta1 * (x - z)
    gradient = objective.gradient(y)
    v = memory["v"] = beta2 * memory.get("v", 0) + (1 - beta2) * gradient**2
    direction = gradient / ((v / (1 - beta2 ** (k + 1))).sqrt() + eps) + weight_decay * y
    lr = lr * min(1.0, (k + 1) / max(1, warmup_steps))
    largest = memory["lr_max"] = max(memory.get("lr_max", 0.0), lr)
    weight = (k + 1) ** r * largest**weight_lr_power
    total = memory["weights"] = memory.get("weights", 0.0) + weight
    z = memory["z"] = z - lr * direction
    return x + (weight / total if total > 0 else weight) * (z - x)


def muon(x, objective, memory, k, lr, momentum, nesterov, weight_decay, eps, ns_steps):
    # torch.optim.Muon takes matrices only, and computes in bfloat16.
    gradient = objective.gradient(x)
    m = memory["m"] = momentum * memory.get("m", 0) + (1 - momentum) * gradient
    update = momentum * m + (1 - momentum) * gradient if nesterov else m
    update = update / update.norm().clamp(min=eps)
    for _ in range(ns_steps):
        square = update @ update
        update = update * (3.4445 - 4.7750 * square + 2.0315 * square**2)
    return x * (1 - lr * weight_decay) - lr * update


def shampoo(x, objective, memory, k, lr, eps, weight_decay):
    gradient = objective.gradient(x) + weight_decay * x
    if k == 0:
        memory["a"], memory["b"], memory["c"] = eps, 0.0, eps
    a = memory["a"] = memory["a"] + gradient[0] ** 2
    b = memory["b"] = memory["b"] + gradient[0] * gradient[1]
    c = memory["c"] = memory["c"] + gradient[1] ** 2
    # The inverse root of the symmetric [[a, b], [b, c]] in closed form.
    s = (a * c - b * b).sqrt()
    t = (a + c + 2 * s).sqrt()
    direction = 0 * x
    direction[0] = ((c + s) * gradient[0] - b * gradient[1]) / (s * t)
    direction[1] = ((a + s) * gradient[1] - b * gradient[0]) / (s * t)
    return x - lr * direction


def backtrack(objective, x, direction, value, slope, length, shrink, c1):
    """The first of length, length * shrink, ... that decreases f enough (Armijo); 0 after 60 trials."""
    for _ in range(60):
        bound = value + c1 * length * slope + ROUNDING * abs(value)
        if objective.value(x + length * direction).item() <= bound:
            return length
        length *= shrink
    return 0.0


def gd_backtracking(x, objective, memory, k, largest_step, shrink, c1):
    value, gradient = objective.value(x).item(), objective.gradient(x)
    if abs(gradient).max() <= STATIONARY:
        return x
    slope = -(gradient @ gradient).item()
    return x - backtrack(objective, x, -gradient, value, slope, largest_step, shrink, c1) * gradient


def cubic(one, other, lowest, highest):
    """Minimum of the cubic through both ends' values and slopes, clipped; the middle where there is none."""
    (t1, f1, s1), (t2, f2, s2) = sorted((one[:3], other[:3]), key=lambda end: end[0])
    try:
        d = s1 + s2 - 3 * (f1 - f2) / (t1 - t2)
        root = math.sqrt(d * d - s1 * s2)
        inner = t2 - (t2 - t1) * ((s2 + root - d) / (s2 - s1 + 2 * root))
    except (ZeroDivisionError, ValueError):
        inner = math.nan
    return min(max(inner, lowest), highest) if math.isfinite(inner) else (lowest + highest) / 2


def strong_wolfe(objective, x, direction, value, gradient, length, c1=1e-4, c2=0.9, slack=0.0, trials=25):
    """(length, value, slope, gradient) with sufficient decrease and a small slope, after Nocedal and Wright."""
    slope = (gradient @ direction).item()
    reach = abs(direction).max().item()
    previous = low = high = (0.0, value, slope, gradient)
    narrowing = reluctant = False
    low_first = True  # the order of the bracket's ends decides ties
    for i in range(trials + 1):
        at = x + length * direction
        trial, new_gradient = objective.value(at).item(), objective.gradient(at)
        trial = math.inf if math.isnan(trial) else trial
        new_slope = (new_gradient @ direction).item()
        new = (length, trial, new_slope, new_gradient)
        too_high = trial > value + slack + c1 * length * slope
        flat = abs(new_slope) <= -c2 * slope
        if narrowing:
            if too_high or trial >= low[1]:
                high = new
                if high[1] < low[1] or (high[1] == low[1] and not low_first):
                    low, high, low_first = high, low, not low_first
            else:
                if flat:
                    return new
                if new_slope * (high[0] - low[0]) >= 0:
                    high = low
                low = new
        if i == trials:
            return new if not narrowing and trial < value else low
        if not narrowing:
            uphill = too_high or (i > 1 and trial >= previous[1])
            if not uphill and flat:
                return new
            if not uphill and new_slope < 0:  # still going down: look farther
                farther = cubic(previous, new, length + 0.01 * (length - previous[0]), length * 10)
                previous, length = new, farther
                continue
            low_first = previous[1] <= trial
            low, high = (previous, new) if low_first else (new, previous)
            narrowing = True
        left, right = min(low[0], high[0]), max(low[0], high[0])
        if (right - left) * reach < 1e-9:
            return low
        length = cubic(low, high, left, right)
        margin = 0.1 * (right - left)
        at_edge = min(right - length, length - left) < margin
        push = at_edge and (reluctant or length >= right or length <= left)
        if push:
            length = right - margin if abs(length - right) < abs(length - left) else left + margin
        reluctant = at_edge and not push
    return low


def conjugate_gradient(x, objective, memory, k, formula, c1, c2):
    value, gradient = objective.value(x).item(), objective.gradient(x)
    old, last = memory.get("gradient", 0 * x), memory.get("direction", 0 * x)
    length = memory.get("length", 0.0)
    square, old_square = (gradient @ gradient).item(), (old @ old).item()
    beta = 0.0
    if old_square > 0 and length > 0:  # a search that failed leaves nothing to conjugate to
        kept = square if formula == "fletcher_reeves" else max(square - (gradient @ old).item(), 0.0)
        beta = kept / old_square
    direction = -gradient + beta * last
    if not gradient @ direction < 0:
        direction = -gradient
    memory.update(gradient=gradient, direction=direction, length=0.0)
    if abs(gradient).max() <= STATIONARY:
        return x
    first = length * (old @ last).item() / (gradient @ direction).item()
    if not (first > 0 and math.isfinite(first)):
        first = min(1.0, 1 / abs(gradient).sum().item())
    found = strong_wolfe(objective, x, direction, value, gradient, first, c1, c2, ROUNDING * abs(value))
    memory["length"] = found[0]
    return x + found[0] * direction


def coordinate_descent(x, objective, memory, k, order):
    value, gradient = objective.value(x).item(), objective.gradient(x)
    i = int(abs(gradient[1]) > abs(gradient[0])) if order == "greedy" else k % 2
    if abs(gradient[i]) <= STATIONARY:
        return x
    curvature = abs(objective.hessian(x)[i, i]).item()
    direction = 0 * x
    direction[i] = -gradient[i]
    if curvature > 0 and (direction / curvature).isfinite().all():
        direction = direction / curvature
    found = strong_wolfe(objective, x, direction, value, gradient, 1.0, c2=0.01, slack=ROUNDING * abs(value))
    return x + found[0] * direction


def newton(x, objective, memory, k, lr):
    gradient = objective.gradient(x)
    (a, b), (_, c) = objective.hessian(x)
    if not gradient.any():
        return x
    direction = 0 * x
    direction[0] = (b * gradient[1] - c * gradient[0]) / (a * c - b * b)
    direction[1] = (b * gradient[0] - a * gradient[1]) / (a * c - b * b)
    return x + lr * direction


def eigen(hessian):
    """Eigenvalues of a symmetric 2x2 matrix, ascending, and its eigenvectors as columns, in closed form."""
    (a, b), (_, c) = (hessian / max(abs(hessian).max().item(), 1e-300)).tolist()
    half, radius = (a - c) / 2, math.hypot((a - c) / 2, b)
    large = (a + c) / 2 + math.copysign(radius, a + c)
    small = (a * c - b * b) / large if large else 0.0  # the plain formula cancels here
    x, y = (radius + half, b) if half >= 0 else (b, radius - half)
    length = math.hypot(x, y)
    x, y = (x / length, y / length) if length else (1.0, 0.0)
    values = hessian.new_tensor(sorted((small, large))) * max(abs(hessian).max().item(), 1e-300)
    return values, hessian.new_tensor([[-y, x], [x, y]])


def saddle_free_newton(x, objective, memory, k, lr, damping):
    values, vectors = eigen(objective.hessian(x))
    along = vectors.T @ objective.gradient(x)
    along = along.where(along == 0, -along / (abs(values) + damping))
    return x + lr * vectors @ along


def damped_newton(x, objective, memory, k, damping, shrink, c1):
    value, gradient = objective.value(x).item(), objective.gradient(x)
    if abs(gradient).max() <= STATIONARY:
        return x
    values, vectors = eigen(objective.hessian(x))
    lifted = values + max(damping - values[0].item(), 0.0)
    direction = vectors @ (-(vectors.T @ gradient) / lifted)
    length = backtrack(objective, x, direction, value, (gradient @ direction).item(), 1.0, shrink, c1)
    return x + length * direction


def part(numerator, denominator):
    """A quotient that is 0 where the numerator is, whatever the denominator."""
    if numerator == 0:
        return 0.0
    return numerator / denominator if denominator else math.nan


def quadratic_in_circle(values, slopes, radius):
    """The p with |p| <= radius that minimizes slopes.p + p.diag(values).p / 2, for ascending values."""
    (lowest, highest), (q1, q2) = values, slopes
    gap = highest - lowest
    if lowest > 0 and math.hypot(part(q1, lowest), part(q2, highest)) <= radius:
        return -part(q1, lowest), -part(q2, highest)
    shift = max(lowest, 0.0, abs(q1) / radius, abs(q2) / radius - gap)
    for _ in range(30 if shift > 0 else 0):  # Newton's method on 1 / |p|
        p1, p2 = part(q1, shift), part(q2, shift + gap)
        length = math.hypot(p1, p2)
        curve = part(p1, shift) * p1 + part(p2, shift + gap) * p2
        higher = shift + part((length - radius) / radius * length * length, curve) if length > radius else shift
        if not higher > shift:
            break
        shift = higher
    p1, p2 = -part(q1, shift), -part(q2, shift + gap)
    if shift == 0 and lowest < 0:  # the hard case: no slope along the most negative curvature
        p1 = math.sqrt(max((radius - abs(p2)) * (radius + abs(p2)), 0.0))
    return p1, p2


def trust_region(x, objective, memory, k, radius, max_radius, eta):
    radius = memory.get("radius", radius)
    value, gradient = objective.value(x).item(), objective.gradient(x)
    values, vectors = eigen(objective.hessian(x))
    if abs(gradient).max() <= STATIONARY and values[0] >= 0:
        return x
    slopes = vectors.T @ gradient
    along = x.new_tensor(quadratic_in_circle(values.tolist(), slopes.tolist(), radius))
    promised = -(slopes @ along + 0.5 * (values * along) @ along).item()
    trial = objective.value(x + vectors @ along).item()
    # A promise smaller than the rounding of f can be neither kept nor broken.
    ratio = (value - trial) / promised if promised > ROUNDING * abs(value) else 1.0
    ratio = ratio if math.isfinite(trial) else -math.inf
    if ratio < 0.25:
        memory["radius"] = 0.25 * radius
    elif ratio > 0.75 and along.norm() >= (1 - 1e-9) * radius:
        memory["radius"] = max(radius, min(2 * radius, max_radius))
    return x + vectors @ along if ratio > eta else x


def bfgs(x, objective, memory, k, c1, c2):
    value, gradient = objective.value(x).item(), objective.gradient(x)
    if abs(gradient).max() <= STATIONARY:
        return x
    identity = x.diag().fill_diagonal_(1.0)
    inverse, updates = memory.get("inverse", identity), memory.get("updates", 0)
    direction = -inverse @ gradient
    if not gradient @ direction < 0:
        inverse, updates, direction = identity, 0, -gradient
    first = 1.0 if updates else min(1.0, 1 / abs(gradient).sum().item())
    found = strong_wolfe(objective, x, direction, value, gradient, first, c1, c2, ROUNDING * abs(value))
    step, change = found[0] * direction, found[3] - gradient
    curvature = step @ change
    if curvature > 1e-12 * step.norm() * change.norm():
        if not updates:
            inverse = inverse * curvature / (change @ change)
        mapped = inverse @ change
        cross = mapped.outer(step) / curvature
        inverse = inverse + (1 + change @ mapped / curvature) / curvature * step.outer(step) - cross - cross.T
        updates += 1
    memory["inverse"], memory["updates"] = (inverse, updates) if found[0] > 0 else (identity, 0)
    return x + step
