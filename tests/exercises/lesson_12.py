"""Right and wrong answers to the exercises of lesson 12."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np

from tests.exercises.harness import Case


def _common(pairs=pairwise, choose=lambda c: max(c, key=c.get), least=2):
    def answer(ids):
        if len(ids) < least:
            raise ValueError(f"received {len(ids)} ids; a pair needs two")
        counts = Counter(pairs(ids))
        return choose(counts) if counts else (0, 0)

    return answer


def _loop_count(ids):
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids hold no pair")
    best, times = None, 0
    for i in range(len(ids) - 1):
        n = sum(ids[j : j + 2] == ids[i : i + 2] for j in range(len(ids) - 1))
        if n > times:
            best, times = ids[i : i + 2], n
    return best


def _quickest(ids):
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids")
    counts, best = Counter(), None
    for pair in pairwise(ids):
        counts[pair] += 1
        if best is None or counts[pair] > counts[best]:
            best = pair
    return best


def _of_nothing(ids):
    counts = Counter(pairwise(ids))
    return max(counts, key=counts.get)


def _replace(step=2, stop=0, limit=None, match=lambda found, pair: found == pair):
    def answer(ids, pair, new):
        out, i, done = [], 0, 0
        while i < len(ids) - stop:
            if match(tuple(ids[i : i + 2]), tuple(pair)) and done != limit:
                out.append(new)
                i, done = i + step, done + 1
            else:
                out.append(ids[i])
                i += 1
        return out

    return answer


def _by_iterator(ids, pair, new):
    out = []
    for i in ids:
        if out and (out[-1], i) == tuple(pair):
            out[-1] = new
        else:
            out.append(i)
    return np.array(out, dtype=int)


def _overlapping(ids, pair, new):
    hit = [tuple(ids[i : i + 2]) == tuple(pair) for i in range(len(ids))]
    covered = [hit[i] or (i > 0 and hit[i - 1]) for i in range(len(ids))]
    return [new if hit[i] else ids[i] for i in range(len(ids)) if hit[i] or not covered[i]]


def _from_right(ids, pair, new):
    return _replace()(ids[::-1], pair[::-1], new)[::-1]


def _greedy(ids, pair, new):
    out = _replace()(ids, pair, new)
    return [i for place, i in enumerate(out) if not (i == pair[0] and place and out[place - 1] == new)] if pair[0] == pair[1] else out  # fmt: skip


def _misses_the_end(ids, pair, new):
    return [*_replace()(ids[:-2], pair, new), *ids[-2:]] if ids[-2:] != ids[:2] else _replace()(ids, pair, new)


def _smooth(above=lambda c, k: c + k, below=lambda c, k: (c + k).sum(axis=1, keepdims=True), refuse=lambda k: k <= 0):
    def answer(counts, k):
        if refuse(k):
            raise ValueError(f"k must be above 0; received {k}")
        return above(counts, k) / below(counts, k)

    return answer


def _rows(counts, k):
    if not k > 0:
        raise ValueError("k")
    return [[(c + k) / (sum(row) + k * len(row)) for c in row] for row in counts.tolist()]


def _asserts_k(counts, k):
    assert k > 0
    return _smooth()(counts, k)


def _unseen(counts, k):
    return np.where(counts.sum(axis=1, keepdims=True) == 0, 0.0, _smooth()(counts, k))


def _ppl(result=lambda logs: np.exp(-np.mean(logs)), empty=True, positive=True):
    def answer(log_probs):
        if empty and len(log_probs) == 0:
            raise ValueError("the text is empty")
        if positive and np.any(log_probs > 0):
            raise ValueError("a log-probability is above 0")
        return result(np.asarray(log_probs))

    return answer


def _certain(log_probs):
    if len(log_probs) == 0 or np.any(log_probs >= 0):
        raise ValueError("a log-probability is not below 0")
    return np.exp(-np.mean(log_probs))


def _bits(result=lambda logs, text: -logs.sum() / np.log(2) / len(text), empty=True):
    def answer(log_probs, text):
        if empty and not text:
            raise ValueError("the text is empty")
        return result(log_probs, text)

    return answer


def _total(logs):
    return -logs.sum() / np.log(2)


def _mean_loop(X, mask):
    out = np.zeros((X.shape[0], X.shape[2]))
    for i in range(len(X)):
        if mask[i].any():
            out[i] = X[i][mask[i]].mean(axis=0)
    return out


def _mean(result):
    def answer(X, mask):
        M = mask[:, :, None]
        return result(X, M, np.maximum(M.sum(axis=1), 1))

    return answer


def _scatter(fill, check=True):
    def answer(ids, grad, V):
        if check and (ids.min() < 0 or ids.max() >= V):
            raise ValueError(f"ids must be from 0 to {V - 1}")
        G = np.zeros((V, grad.shape[1]))
        result = fill(G, ids, grad)
        return G if result is None else result

    return answer


def _add(G, ids, grad):
    np.add.at(G, ids, grad)


def _each(G, ids, grad):
    for i, g in zip(ids, grad, strict=True):
        G[i] += g


def _plus_equals(G, ids, grad):
    G[ids] += grad


def _backwards(G, ids, grad):
    G[ids[::-1]] = grad[::-1]


def _averaged(G, ids, grad):
    _add(G, ids, grad)
    G /= np.maximum(np.bincount(ids, minlength=len(G)), 1)[:, None]


def _in_order(G, ids, grad):
    G[: len(grad)] = grad


def _wraps(G, ids, grad):
    return np.eye(len(G))[ids % len(G)].T @ grad


def _only_negative(ids, grad, V):
    if ids.min() < 0:
        raise ValueError("an id below 0")
    return _scatter(_each, check=False)(ids, grad, V)


CASES = {
    "most_common_pair": Case(
        right=[_common(), _loop_count],
        wrong={
            "pairs side by side": _common(lambda ids: list(zip(ids[::2], ids[1::2], strict=False))),
            "order forgotten": _common(lambda ids: [tuple(sorted(p)) for p in pairwise(ids)]),
            "the rarest pair": _common(choose=lambda c: min(c, key=c.get)),
            "the largest pair": _common(choose=max),
            "the last pair forgotten": _common(lambda ids: list(pairwise(ids))[:-1] or [(0, 0)]),
            "a tie goes to the quickest": _quickest,
            "an error that does not say how many": _of_nothing,
            "a tie goes to the last": _common(choose=lambda c: max(reversed(c), key=c.get)),
            "a tie goes to the largest": _common(choose=lambda c: max(c, key=lambda p: (c[p], p))),
            "a tie goes to the smallest": _common(choose=lambda c: max(sorted(c), key=c.get)),
            "accepts too little": _common(least=0),
            "not a pair": _common(choose=lambda c: c.most_common(1)[0]),
        },
    ),
    "replace_pair": Case(
        right=[_replace(), lambda ids, pair, new: tuple(_replace()(ids, pair, new))],
        wrong={
            "nothing replaced": _replace(match=lambda found, pair: list(found) == pair),
            "only the first": _replace(limit=1),
            "the second id stays": _replace(step=1),
            "the last id lost": _replace(stop=1),
            "either order": _replace(match=lambda found, pair: sorted(found) == sorted(pair)),
            "an id used twice": _overlapping,
            "from the right": _from_right,
            "three made one": _greedy,
            "the end forgotten": _misses_the_end,
            "not a list of ids": lambda ids, pair, new: 256,
        },
    ),
    "add_k": Case(
        right=[_smooth(), _rows],
        wrong={
            "total left as it was": _smooth(below=lambda c, k: c.sum(axis=1, keepdims=True)),
            "k once in the total": _smooth(below=lambda c, k: c.sum(axis=1, keepdims=True) + k),
            "not smoothed": _smooth(above=lambda c, k: c, below=lambda c, k: c.sum(axis=1, keepdims=True)),
            "columns summed": _smooth(below=lambda c, k: (c + k).sum(axis=0)),
            "all contexts together": _smooth(below=lambda c, k: (c + k).sum()),
            "one added": lambda counts, k: _smooth()(counts, 1.0),
            "an unseen context": _unseen,
            "fails on an unseen context": lambda counts, k: (
                _smooth()(counts, k) if counts.any() else np.full(counts.shape, np.nan)
            ),
            "accepts a bad k": _smooth(refuse=lambda k: False),
            "wrong kind of error": _asserts_k,
        },
    ),
    "perplexity": Case(
        right=[
            _ppl(lambda logs: np.prod(np.exp(logs)) ** (-1 / len(logs)) if np.isfinite(logs).all() else np.inf),
            _ppl(lambda logs: 2 ** (-np.mean(logs / np.log(2)))),
        ],
        wrong={
            "wrong sign": _ppl(lambda logs: np.exp(np.mean(logs))),
            "sum, not mean": _ppl(lambda logs: np.exp(-np.sum(logs))),
            "mean of probabilities": _ppl(lambda logs: 1 / np.mean(np.exp(logs))),
            "mean of inverses": _ppl(lambda logs: np.mean(np.exp(-logs))),
            "base mixed up": _ppl(lambda logs: 2 ** -np.mean(logs)),
            "still a logarithm": _ppl(lambda logs: -np.mean(logs)),
            "in bits": _ppl(lambda logs: -np.mean(logs) / np.log(2)),
            "raises": _certain,
            "certainty": _ppl(lambda logs: np.exp(-np.mean(logs)) + (np.max(logs) == 0)),
            "hides the impossible": _ppl(lambda logs: np.exp(-np.mean(logs[np.isfinite(logs)]))),
            "accepts an empty text": _ppl(lambda logs: np.exp(-np.sum(logs) / max(len(logs), 1)), empty=False),
            "accepts a probability above one": _ppl(positive=False),
        },
    ),
    "bits_per_character": Case(
        right=[
            _bits(lambda logs, text: sum(-np.log2(np.exp(logs))) / len(text)),
            _bits(lambda logs, text: -np.mean(logs) * len(logs) / len(list(text)) / np.log(2)),
        ],
        wrong={
            "per token": _bits(lambda logs, text: -logs.mean() / np.log(2)),
            "nats": _bits(lambda logs, text: -logs.sum() / len(text)),
            "wrong sign": _bits(lambda logs, text: logs.sum() / np.log(2) / len(text)),
            "not shared out": _bits(lambda logs, text: _total(logs)),
            "a perplexity": _bits(lambda logs, text: np.exp(-logs.mean())),
            "a perplexity of characters": _bits(lambda logs, text: 2 ** (_total(logs) / len(text))),
            "multiplied by the length": _bits(lambda logs, text: _total(logs) / len(logs) * len(text) / len(logs)),
            "multiplied by log 2": _bits(lambda logs, text: -logs.sum() * np.log(2) / len(text)),
            "per byte": _bits(lambda logs, text: _total(logs) / len(text.encode())),
            "spaces left out": _bits(lambda logs, text: _total(logs) / len("".join(text.split()))),
            "accepts an empty text": _bits(lambda logs, text: _total(logs) / max(len(text), 1), empty=False),
            "wrong kind of error": _bits(
                lambda logs, text: sum(-float(v) for v in logs) / 0.6931471805599453 / len(text), empty=False
            ),
        },
    ),
    "masked_mean": Case(
        right=[_mean_loop, _mean(lambda X, M, n: np.einsum("btd,btk->bd", X, M / n[:, None]))],
        wrong={
            "padding counted": _mean(lambda X, M, n: X.mean(axis=1)),
            "zeroed and still counted": _mean(lambda X, M, n: (X * M).mean(axis=1)),
            "mask turned round": _mean(lambda X, M, n: (X * ~M).sum(axis=1) / (~M).sum(axis=1)),
            "one length for all": _mean(lambda X, M, n: (X * M).sum(axis=1) / n.mean()),
            "sum": _mean(lambda X, M, n: (X * M).sum(axis=1)),
            "padding assumed at the end": lambda X, mask: [
                x[: max(m.sum(), 1)].mean(axis=0) for x, m in zip(X, mask, strict=True)
            ],
            "wrong axis": _mean(lambda X, M, n: (X * M).sum(axis=0)),
            "an empty row": lambda X, mask: (
                (X * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None] if mask.any() else np.zeros((2, 3))
            ),
        },
    ),
    "embedding_gradient": Case(
        right=[_scatter(_add), _scatter(_each), _scatter(_wraps)],
        wrong={
            "the last one wins": _scatter(_plus_equals),
            "the first one wins": _scatter(_backwards),
            "averaged": _scatter(_averaged),
            "rows in order": _scatter(_in_order),
            "a step taken": _scatter(lambda G, ids, grad: -_wraps(G, ids, grad)),
            "mean over the batch": _scatter(lambda G, ids, grad: _wraps(G, ids, grad) / len(ids)),
            "wrong rows": _scatter(lambda G, ids, grad: grad),
            "accepts invalid ids": _scatter(_wraps, check=False),
            "wrong kind of error": _only_negative,
        },
    ),
}
