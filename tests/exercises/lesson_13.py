"""Right and wrong answers to the exercises of lesson 13."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


# rnn_step


def _stacked(x, h, W, U, b):
    return np.tanh(np.hstack([x, h]) @ np.vstack([W, U]) + b)


def _row_by_row(x, h, W, U, b):
    return [[np.tanh(b[j] + W[:, j] @ x[i] + U[:, j] @ h[i]) for j in range(len(b))] for i in range(len(x))]


# gradient_through_time


def _through_time(chain="u", hold=lambda before, after: before, first=1.0, check=True):
    def gradient(x, w, u):
        if check and len(x) == 0:
            raise ValueError("an empty sequence has no last step")
        states = [0.0]
        for value in x:
            states.append(w * value + u * states[-1])
        grad_w = grad_u = 0.0
        grad_h = first(u) if callable(first) else first
        for t in reversed(range(len(x))):
            grad_w += grad_h * x[t]
            grad_u += grad_h * hold(states[t], states[t + 1])
            grad_h *= {"u": u, "w": w, "1": 1.0, "0": 0.0}[chain]
        return grad_w, grad_u

    return gradient


def _forward_mode(x, w, u):
    if not len(x):
        raise ValueError("empty")
    h, by_w, by_u = 0.0, 0.0, 0.0
    for value in x:
        h, by_w, by_u = w * value + u * h, value + u * by_w, h + u * by_u
    return np.array([by_w, by_u])


def _reversed_time(x, w, u):
    states, h = [], 0.0
    for value in x:
        states.append(h)
        h = w * value + u * h
    powers = u ** np.arange(len(x))
    return powers @ x, powers @ np.array(states)


def _state(x, w, u):
    h = 0.0
    for value in x:
        h = w * value + u * h
    return h, h


# clip_by_global_norm


def _clip(length=lambda grads: np.sqrt(sum((g**2).sum() for g in grads)), always=False, check=True, floor=1e-300):
    def clip(grads, limit):
        norm = length(grads)
        if check and not np.isfinite(norm):
            raise ValueError("the gradient holds NaN or infinity")
        factor = limit / max(norm, floor) if always or norm > limit else 1.0
        return [g * factor for g in grads]

    return clip


def _clip_first_alone(grads, limit):
    if np.isnan(grads[0]).any():
        raise ValueError("NaN")
    return _clip(check=False)(grads, limit)


def _clip_one_vector(grads, limit):
    flat = np.concatenate([g.ravel() for g in grads])
    if np.isnan(flat).any():
        raise ValueError("NaN")
    flat = flat / max(1.0, np.linalg.norm(flat) / limit)
    ends = np.cumsum([g.size for g in grads])[:-1]
    return tuple(part.reshape(g.shape) for part, g in zip(np.split(flat, ends), grads, strict=True))


def _clip_always(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return [g * (limit / norm) for g in grads]


def _clip_nan_of_zero(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    return [g * np.minimum(1.0, limit / norm) * (norm / norm) for g in grads]


# lstm_step


def _lstm(order="ifgo", squash=np.tanh, out=np.tanh, keep=lambda f, c: f * c, back=lambda h, c: (h, c), check=True):
    def step(z, c):
        if check and z.shape[1] != 4 * c.shape[1]:
            raise ValueError(f"z has {z.shape[1]} columns; 4 times {c.shape[1]} are needed")
        k = z.shape[1] // 4
        block = {name: z[:, j * k : (j + 1) * k] for j, name in enumerate(order)}
        doors = {name: _sigmoid(block[name]) for name in "ifo"}
        new = keep(doors["f"], c[:, :k]) + doors["i"] * squash(block["g"])
        return back(doors["o"] * out(new), new)

    return step


def _lstm_unchecked(z, c):
    i, f, g, o = np.split(z, 4, axis=1)  # refuses what four do not divide, and broadcasts the rest
    new = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(new), new


def _lstm_reshaped(z, c):
    n, k = c.shape
    if z.size != 4 * c.size:
        raise ValueError("wrong width")
    i, f, g, o = np.moveaxis(z.reshape(n, 4, k), 1, 0)
    new = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return [np.tanh(new) / (1 + np.exp(-o)), new]


def _interleaved(z, c):
    return _lstm()(np.hstack([z[:, j::4] for j in range(4)]), c)


# last_states


def _last(steps=lambda H, lengths: lengths - 1, check=True):
    def states(H, lengths):
        if check and (lengths.min() < 1 or lengths.max() > H.shape[1]):
            raise ValueError("a length does not fit the table")
        return H[np.arange(len(H)), steps(H, lengths)]

    return states


def _last_by_loop(H, lengths):
    if any(not 1 <= n <= H.shape[1] for n in lengths):
        raise ValueError("length")
    return [rows[n - 1].tolist() for rows, n in zip(H, lengths, strict=True)]


def _only_short_checked(H, lengths):
    if lengths.min() < 1:
        raise ValueError("length")
    return H[np.arange(len(H)), lengths - 1]


# next_token_batches


def _checked(tables):
    def batches(tokens, length):
        if length < 1 or len(tokens) <= length or tokens.min() < 0:
            raise ValueError("nothing to cut")
        return tables(tokens, length)

    return batches


def _cut(tokens, length, n=None):
    n = (len(tokens) - 1) // length if n is None else n
    return tokens[: n * length].reshape(n, length), tokens[1 : n * length + 1].reshape(n, length)


def _by_rows(tokens, length):
    starts = range(0, len(tokens) - length, length)
    return [list(tokens[s : s + length]) for s in starts], [list(tokens[s + 1 : s + length + 1]) for s in starts]


def _with(targets):
    return _checked(lambda tokens, length: (_cut(tokens, length)[0], targets(tokens, length, *_cut(tokens, length))))


def _wraps(tokens, length):
    n = len(tokens) // length
    return tokens[: n * length].reshape(n, length), np.roll(tokens, -1)[: n * length].reshape(n, length)


def _overlapping(tokens, length):
    rows = np.arange(len(tokens) - length)[:, None] + np.arange(length)
    return tokens[rows], tokens[rows + 1]


def _zero_at_the_end(tokens, length, a, b):
    return np.hstack([b[:, :-1], np.zeros((len(b), 1), dtype=int)])


def _negative(tokens, length):
    if length < 1 or len(tokens) <= length:
        raise ValueError("nothing to cut")
    return _cut(tokens, length)


def _negative_inputs_alone(tokens, length):
    if length < 1 or len(tokens) <= length or (tokens[:-1] < 0).any():
        raise ValueError("nothing to cut")
    return _cut(tokens, length)


def _refuses_one_row(tokens, length):
    if len(tokens) <= length + 1:
        raise ValueError("too short")
    return _checked(_cut)(tokens, length)


CASES = {
    "rnn_step": Case(
        right=[_stacked, _row_by_row],
        wrong={
            "no tanh": lambda x, h, W, U, b: x @ W + h @ U + b,
            "sigmoid": lambda x, h, W, U, b: _sigmoid(x @ W + h @ U + b),
            "past forgotten": lambda x, h, W, U, b: np.tanh(x @ W + b),
            "input forgotten": lambda x, h, W, U, b: np.tanh(h @ U + b),
            "recurrent kernel transposed": lambda x, h, W, U, b: np.tanh(x @ W + h @ U.T + b),
            "bias forgotten": lambda x, h, W, U, b: np.tanh(x @ W + h @ U),
            "two tanhs": lambda x, h, W, U, b: np.tanh(x @ W + b) + np.tanh(h @ U),
            "state added": lambda x, h, W, U, b: h + _stacked(x, h, W, U, b),
            "fixed batch": lambda x, h, W, U, b: _stacked(x, h, W, U, b) * (1 if len(x) == 2 else 0),
        },
    ),
    "gradient_through_time": Case(
        right=[_through_time(), _forward_mode],
        wrong={
            "last step only": _through_time("0"),
            "nothing fades": _through_time("1"),
            "one step too many": _through_time(first=lambda u: u),
            "swapped": lambda x, w, u: _through_time()(x, w, u)[::-1],
            "time reversed": _reversed_time,
            "states after, not before": _through_time(hold=lambda before, after: after),
            "w in the chain": _through_time("w"),
            "the state itself": _state,
            "fixed length": lambda x, w, u: _through_time()(x, w, u) if len(x) == 4 else (0.0, 0.0),
            "empty passes": _through_time(check=False),
            "not a pair": lambda x, w, u: 2.0,
        },
    ),
    "clip_by_global_norm": Case(
        right=[_clip(), _clip_one_vector],
        wrong={
            "each array by itself": lambda grads, limit: [_clip()([g], limit)[0] for g in grads],
            "each entry cut": lambda grads, limit: [np.clip(g, -limit, limit) for g in grads],
            "divided by the norm": lambda grads, limit: _clip(always=True)(grads, 1.0),
            "norm not rooted": _clip(lambda grads: sum((g**2).sum() for g in grads)),
            "sum of the norms": _clip(lambda grads: sum(np.linalg.norm(g) for g in grads)),
            "absolute values": _clip(lambda grads: sum(np.abs(g).sum() for g in grads)),
            "largest entry": _clip(lambda grads: max(np.abs(g).max() for g in grads)),
            "not clipped": lambda grads, limit: grads,
            "small ones grow": _clip_always,
            "zero divides": _clip_nan_of_zero,
            "NaN passes": _clip(check=False),
            "NaN passes in a later array": _clip_first_alone,
            "not a list": lambda grads, limit: 1.0,
        },
    ),
    "lstm_step": Case(
        right=[_lstm(), _lstm_reshaped],
        wrong={
            "candidate in the last place": _lstm("ifog"),
            "input and forget swapped": _lstm("figo"),
            "gates interleaved": _interleaved,
            "candidate through a sigmoid": _lstm(squash=_sigmoid),
            "candidate not squashed": _lstm(squash=lambda g: g),
            "memory leaves unsquashed": _lstm(out=lambda c: c),
            "memory overwritten": _lstm(keep=lambda f, c: 0 * c),
            "never forgets": _lstm(keep=lambda f, c: c),
            "results swapped": _lstm(back=lambda h, c: (c, h)),
            "width passes": _lstm_unchecked,
            "fixed width": lambda z, c: _lstm()(z, c) if z.shape[1] != 4 else (c, c),
            "not a pair": lambda z, c: c,
        },
    ),
    "lstm_parameters": Case(
        right=[lambda d, k: 4 * k * (d + k + 1), lambda d, k: float(sum(d * k + k * k + k for _ in "ifgo"))],
        wrong={
            "one block": lambda d, k: d * k + k * k + k,
            "three blocks": lambda d, k: 3 * (d * k + k * k + k),
            "no biases": lambda d, k: 4 * (d * k + k * k),
            "one bias for all": lambda d, k: 4 * (d * k + k * k) + k,
            "two biases": lambda d, k: 4 * (d * k + k * k + 2 * k),
            "no recurrent kernel": lambda d, k: 4 * (d * k + k),
            "recurrent kernel once": lambda d, k: 4 * d * k + k * k + 4 * k,
            "input square too": lambda d, k: 4 * (d * d + k * k + k),
            "fixed sizes": lambda d, k: 180,
        },
    ),
    "last_states": Case(
        right=[_last(), _last_by_loop],
        wrong={
            "all with all": lambda H, lengths: H[:, lengths - 1],
            "the padding's state": lambda H, lengths: H[:, -1],
            "one step too late": _last(lambda H, lengths: lengths),
            "one step too early": _last(lambda H, lengths: lengths - 2),
            "counted from the end": _last(lambda H, lengths: -lengths),
            "longest length for all": _last(lambda H, lengths: lengths.max() - 1),
            "shortest length for all": _last(lambda H, lengths: lengths.min() - 1),
            "mean over the steps": lambda H, lengths: np.stack(
                [rows[:n].mean(axis=0) for rows, n in zip(H, lengths, strict=True)]
            ),
            "first states": lambda H, lengths: H[:, 0],
            "edges": _last(lambda H, lengths: np.minimum(lengths - 1, 4)),
            "length 0 passes": _last(check=False),
            "too long passes": _only_short_checked,
        },
    ),
    "next_token_batches": Case(
        right=[_checked(_cut), _checked(_by_rows)],
        wrong={
            "not shifted": _with(lambda tokens, length, a, b: a),
            "shifted the wrong way": lambda tokens, length: _cut(tokens, length)[::-1],
            "turned round in the window": _with(lambda tokens, length, a, b: np.roll(a, -1, axis=1)),
            "two ahead": _with(lambda tokens, length, a, b: np.roll(tokens, -2)[: a.size].reshape(a.shape)),
            "one added to the number": _with(lambda tokens, length, a, b: a + 1),
            "the next window": _with(lambda tokens, length, a, b: np.roll(a, -1, axis=0)),
            "end of the row": _with(_zero_at_the_end),
            "inputs changed": lambda tokens, length: _cut(tokens[::-1], length),
            "last token without successor": _checked(_wraps),
            "one-hot targets": _with(lambda tokens, length, a, b: np.eye(16)[b]),
            "overlapping rows": _checked(_overlapping),
            "drops the last row": lambda tokens, length: _cut(tokens, length, (len(tokens) - 1) // length - 1),
            "targets stop at the row's end": _with(lambda tokens, length, a, b: b[:, :-1]),
            "fixed text": lambda tokens, length: _cut(tokens, length) if len(tokens) == 11 else _by_rows(tokens + 1, 3),
            "short text passes": _cut,
            "length 0 passes": lambda tokens, length: _checked(_cut)(tokens, length) if length else (tokens, tokens),
            "negative token passes": _negative,
            "negative target passes": _negative_inputs_alone,
            "shortest text refused": _refuses_one_row,
            "not a pair": lambda tokens, length: tokens[:9],
        },
    ),
}
