"""Right and wrong answers to the exercises of lesson 13."""

from __future__ import annotations

import functools
import math
import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from itertools import groupby, pairwise

import numpy as np

from tests.exercises.harness import Case

# The exercise with the pair


def _common(pairs=pairwise, choose=lambda c: max(c, key=c.get), least=2):
    def answer(ids):
        if len(ids) < least:
            raise ValueError(f"received {len(ids)} ids; a pair needs two")
        counts = Counter(pairs(ids))
        return choose(counts) if counts or least else (0, 0)

    return answer


def _refusing(error):
    """Return a right answer whose refusal is `error(ids)`."""

    def answer(ids):
        if len(ids) < 2:
            raise error(ids)
        return _common()(ids)

    return answer


def _fixed_text(ids):
    return ValueError("a pair needs at least two ids")


def _refuses_less_than_two(choose):
    """Return an answer that is right about what it refuses, and returns `choose(ids)` otherwise."""

    def answer(ids):
        if len(ids) < 2:
            raise ValueError(f"received {len(ids)} ids")
        return choose(ids)

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


def _by_dict(ids):
    if not ids:
        raise ValueError("the list is empty, and a pair needs two ids")
    if len(ids) == 1:
        raise ValueError("only one id came, and a pair needs two")
    counts = {}
    for left, right in pairwise(ids):
        counts[left, right] = counts.get((left, right), 0) + 1
    best = None
    for pair, n in counts.items():
        if best is None or n > counts[best]:
            best = pair
    return best


def _list_count(ids):
    pairs = [(ids[i], ids[i + 1]) for i in range(len(ids) - 1)]
    if not pairs:
        raise ValueError(f"no pair in {ids}")
    return max(pairs, key=pairs.count)


def _by_numpy(ids):
    if len(ids) < 2:
        raise ValueError(f"received {len(ids)} id(s)")
    table = np.array([ids[:-1], ids[1:]]).T
    pairs, first, counts = np.unique(table, axis=0, return_index=True, return_counts=True)
    best = np.flatnonzero(counts == counts.max())
    return pairs[best[np.argmin(first[best])]]


def _by_unique(ids):
    if len(ids) < 2:
        raise ValueError(f"received {len(ids)} id(s)")
    pairs, counts = np.unique(list(pairwise(ids)), axis=0, return_counts=True)
    return tuple(pairs[counts.argmax()])


def _by_pandas(ids):
    import pandas as pd

    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids")
    counts = pd.Series(list(pairwise(ids))).groupby(lambda i: (ids[i], ids[i + 1]), sort=False).size()
    return counts.idxmax()


def _pair_as_tensor(ids):
    import tensorflow as tf

    return tf.constant(_common()(ids))


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


def _by_bytes(ids):
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids")
    text = bytes(ids)
    return max(pairwise(text), key=lambda pair: sum(p == pair for p in pairwise(text)))


def _by_text(ids):
    text = str(ids)
    return _common(choose=lambda c: max(c, key=lambda pair: text.count(f"{pair[0]}, {pair[1]}")))(ids)


def _non_overlapping(ids):
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids")
    return max(pairwise(ids), key=lambda pair: len(ids) - len(_replace()(ids, pair, -1)))


def _ring(ids):
    return [*pairwise(ids), (ids[-1], ids[0])]


def _two_ids(ids):
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids")
    (first, _), *rest = Counter(ids).most_common(2)
    return first, rest[0][0] if rest else first


def _id_and_follower(ids):
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids")
    first = Counter(ids).most_common(1)[0][0]
    after = Counter(right for left, right in pairwise(ids) if left == first)
    return (first, after.most_common(1)[0][0]) if after else tuple(ids[:2])


def _zeros_counted_once(ids):
    counts = {}
    for left, right in pairwise(ids):
        counts[left, right] = counts.get((left, right), 0) + 1 if left and right else 1
    return max(counts, key=counts.get)


def _smallest_of_three(ids):
    counts = Counter(pairwise(ids))
    best = [pair for pair in counts if counts[pair] == max(counts.values())]
    return best[0] if len(ids) < 16 else min(best)


def _no_doubles(ids):
    return [pair for pair in pairwise(ids) if pair[0] != pair[1]] or list(pairwise(ids))


def _set_count(ids):
    pairs = list(pairwise(ids))
    if not pairs:
        raise ValueError(f"{len(ids)} ids")
    return max(set(pairs), key=pairs.count)


def _above_one(ids):
    if len(ids) < 2:
        raise ValueError(f"{len(ids)} ids")
    counts = Counter(pairwise(ids))
    return next((pair for pair in counts if counts[pair] > 1), next(iter(counts)))


def _by_key(key):
    """Return an answer that counts `key` of each pair, and returns the first pair with the most common key."""

    def answer(ids):
        if len(ids) < 2:
            raise ValueError(f"{len(ids)} ids")
        keys = [key(*pair) for pair in pairwise(ids)]
        place = keys.index(max(keys, key=keys.count))
        return ids[place], ids[place + 1]

    return answer


def _refuses_two(ids):
    if len(ids) <= 2:
        raise ValueError(f"{len(ids)} ids are too few")
    return _common()(ids)


# The exercise with the merge


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


def _by_flag(ids, pair, new):
    out, skip = [], False
    for i, one in enumerate(ids):
        if skip:
            skip = False
        elif i + 1 < len(ids) and one == pair[0] and ids[i + 1] == pair[1]:
            out.append(new)
            skip = True
        else:
            out.append(one)
    return out


def _by_characters(ids, pair, new):
    text = "".join(map(chr, ids))
    return [ord(c) for c in text.replace(chr(pair[0]) + chr(pair[1]), chr(new))]


def _by_words(ids, pair, new):
    text = " ".join(map(str, ids))
    text = re.sub(rf"\b{pair[0]} {pair[1]}\b", str(new), text)
    return [int(word) for word in text.split()]


def _recursive(ids, pair, new):
    if not ids:
        return []
    if tuple(ids[:2]) == pair:
        return [new, *_recursive(ids[2:], pair, new)]
    return [ids[0], *_recursive(ids[1:], pair, new)]


def _on_a_copy(ids, pair, new):
    out = list(ids)
    i = 0
    while i < len(out) - 1:
        if [out[i], out[i + 1]] == list(pair):
            out[i : i + 2] = [new]
        i += 1
    return out


def _by_mask(ids, pair, new):
    a = np.array(ids, dtype=np.int64)
    keep = np.ones(len(a), dtype=bool)
    out, i = a.copy(), 0
    while i + 1 < len(a):
        if a[i] == pair[0] and a[i + 1] == pair[1]:
            out[i], keep[i + 1], i = new, False, i + 1
        i += 1
    return out[keep].tolist()


def _merge_tensor(ids, pair, new):
    import tensorflow as tf

    return tf.constant(_replace()(ids, pair, new), dtype=tf.int32)


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
    out, i = [], 0
    while i < len(ids) - 2:
        if (ids[i], ids[i + 1]) == pair:
            out.append(new)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    return out + ids[i:]


def _misses_the_start(ids, pair, new):
    return ids[:1] + _replace()(ids[1:], pair, new)


def _in_place(ids, pair, new):
    for i in range(len(ids) - 1, 0, -1):
        if (ids[i - 1], ids[i]) == pair:
            ids[i - 1 : i + 1] = [new]
    return ids


def _two_for_two(ids, pair, new):
    out = _replace()(ids, pair, new)
    return [part for i in out for part in ([new, new] if i == new else [i])]


def _by_list_text(ids, pair, new):
    text = str(ids).replace(f"{pair[0]}, {pair[1]}", str(new))
    return [int(word) for word in re.findall(r"\d+", text)]


def _by_digits(ids, pair, new):
    text = " ".join(map(str, ids)).replace(f"{pair[0]} {pair[1]}", str(new))
    return [int(word) for word in text.split()]


def _between_spaces(ids, pair, new):
    text = f" {' '.join(map(str, ids))} ".replace(f" {pair[0]} {pair[1]} ", f" {new} ")
    return [int(word) for word in text.split()]


def _by_bytes_replace(ids, pair, new):
    return [i if i else new for i in bytes(ids).replace(bytes(pair), b"\0")]


def _truthy(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        right = ids[i + 1] if i + 1 < len(ids) else None
        if ids[i] and right and (ids[i], right) == pair:
            out.append(new)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    return out


def _new_or_old(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        merged = new if tuple(ids[i : i + 2]) == pair else None
        out.append(merged or ids[i])
        i += 2 if merged else 1
    return out


def _needs_ids(ids, pair, new):
    if not ids:
        raise ValueError("no ids")
    return _replace()(ids, pair, new)


def _needs_the_pair(ids, pair, new):
    if pair not in set(pairwise(ids)):
        raise ValueError("the pair is not there")
    return _replace()(ids, pair, new)


def _runs_into_the_end(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        if ids[i] == pair[0] and ids[i + 1] == pair[1]:
            out.append(new)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    return out


def _one_by_one(ids, pair, new):
    while ids:
        yield ids.pop(0)


# Smoothing


def _smooth(
    above=lambda c, k: c + k, below=lambda c, k: (c + k).sum(axis=1, keepdims=True), refuse=lambda k: not k > 0
):
    def answer(counts, k):
        if refuse(k):
            raise ValueError(f"k must be above 0; received {k}")
        return above(counts, k) / below(counts, k)

    return answer


def _sums(c):
    return c.sum(axis=1, keepdims=True)


def _rows(counts, k):
    if not k > 0:
        raise ValueError("k")
    return [[(c + k) / (sum(row) + k * len(row)) for c in row] for row in counts.tolist()]


def _smooth_einsum(counts, k):
    if not k > 0:
        raise ValueError(k)
    grown = counts + k
    return np.einsum("cv,c->cv", grown, 1 / np.einsum("cv->c", grown))


def _smooth_float32(counts, k):
    if not k > 0:
        raise ValueError(k)
    grown = counts.astype(np.float32) + np.float32(k)
    return grown / grown.sum(axis=1, keepdims=True)


def _smooth_pandas(counts, k):
    import pandas as pd

    if not k > 0:
        raise ValueError(k)
    table = pd.DataFrame(counts).add(k)
    return table.div(table.sum(axis=1), axis=0)


def _smooth_tensor(counts, k):
    import tensorflow as tf

    if not k > 0:
        raise ValueError(k)
    grown = tf.cast(counts, tf.float32) + k
    return grown / tf.reduce_sum(grown, axis=1, keepdims=True)


def _mixture(counts, k):
    if not k > 0:
        raise ValueError(k)
    V = counts.shape[1]
    n = _sums(counts)
    trust = n / (n + V * k)
    return trust * counts / np.maximum(n, 1) + (1 - trust) / V


def _transposed(counts, k):
    if not k > 0:
        raise ValueError(k)
    grown = counts.T + k
    return (grown / grown.sum(axis=0)).T


def _asserts_k(counts, k):
    assert k > 0
    return _smooth()(counts, k)


def _unseen(counts, k):
    return np.where(_sums(counts) == 0, 0.0, _smooth()(counts, k))


def _zeros_raised(counts, k):
    raised = np.where(counts == 0, k, counts)
    return _smooth(lambda c, k: raised, lambda c, k: _sums(raised))(counts, k)


def _in_int_table(counts, k):
    if not k > 0:
        raise ValueError(k)
    out = np.zeros_like(counts)
    for i, row in enumerate(counts):
        out[i] = (row + k) / (row + k).sum()
    return out


def _added_in_place(counts, k):
    if not k > 0:
        raise ValueError(k)
    counts += k
    return counts / _sums(counts)


# Perplexity


def _ppl(result=lambda logs: np.exp(-np.mean(logs)), empty=True, positive=True):
    def answer(log_probs):
        if empty and len(log_probs) == 0:
            raise ValueError("the text is empty")
        if positive and np.any(log_probs > 0):
            raise ValueError("a log-probability is above 0")
        return result(np.asarray(log_probs))

    return answer


def _ppl_loop(log_probs):
    total, n = 0.0, 0
    for value in log_probs:
        if value > 0:
            raise ValueError(f"{value} is above 0")
        total -= value
        n += 1
    if n == 0:
        raise ValueError("no log-probabilities")
    return math.exp(total / n)


def _ppl_tensor(log_probs):
    import tensorflow as tf

    if len(log_probs) == 0 or max(log_probs) > 0:
        raise ValueError("empty or above 0")
    return tf.exp(-tf.reduce_mean(tf.constant(log_probs, tf.float32)))


def _certain(log_probs):
    if len(log_probs) == 0 or np.any(log_probs >= 0):
        raise ValueError("a log-probability is not below 0")
    return np.exp(-np.mean(log_probs))


def _positive_if(test):
    """Return an answer that refuses log-probabilities where `test` holds, in place of any above 0."""

    def answer(log_probs):
        if len(log_probs) == 0 or test(log_probs):
            raise ValueError("empty or above 0")
        return np.exp(-np.mean(log_probs))

    return answer


def _not_infinite(log_probs):
    if not np.isfinite(log_probs).all():
        raise ValueError("not finite")
    return _ppl()(log_probs)


def _needs_two(log_probs):
    if len(log_probs) < 2:
        raise ValueError("too few")
    return _ppl()(log_probs)


# Bits a character


def _bits(result=lambda logs, text: -logs.sum() / np.log(2) / len(text), empty=True):
    def answer(log_probs, text):
        if empty and not text:
            raise ValueError("the text is empty")
        return result(log_probs, text)

    return answer


def _total(logs):
    return -logs.sum() / np.log(2)


def _bits_tensor(log_probs, text):
    import tensorflow as tf

    if len(text) < 1:
        raise ValueError("the text is empty")
    nats = -tf.reduce_sum(tf.cast(log_probs, tf.float32))
    return nats / tf.math.log(2.0) / len(text)


def _bits_loop(log_probs, text):
    if text == "":
        raise ValueError("received ''")
    bits = 0
    for value in log_probs:
        bits += -value / math.log(2)
    n = 0
    for _ in text:
        n += 1
    return bits / n


def _no_tokens(log_probs, text):
    if len(log_probs) == 0:
        raise ValueError("no tokens")
    return _total(log_probs) / np.float64(len(text))


def _needs_finite(log_probs, text):
    if not text or not np.isfinite(log_probs).all():
        raise ValueError("no text, or a token of probability 0")
    return _total(log_probs) / len(text)


def _blank(log_probs, text):
    if not text.strip():
        raise ValueError("nothing to read")
    return _total(log_probs) / len(text)


# The masked mean


def _mean_loop(X, mask):
    out = np.zeros((X.shape[0], X.shape[2]))
    for i in range(len(X)):
        if mask[i].any():
            out[i] = X[i][mask[i]].mean(axis=0)
    return out


def _mean_in_the_same_kind(X, mask):
    out = np.zeros_like(X[:, 0])
    for i in range(len(X)):
        if mask[i].any():
            out[i] = X[i][mask[i]].mean(axis=0)
    return out


def _mean_of_a_copy(X, mask):
    hidden = X.copy()
    hidden[~mask] = np.nan
    return np.nan_to_num(np.nanmean(hidden, axis=1))


def _mean(result):
    def answer(X, mask):
        M = mask[:, :, None]
        return result(X, M, np.maximum(M.sum(axis=1), 1))

    return answer


def _mean_numbers(X, mask):
    out = []
    for x, m in zip(X.tolist(), mask.tolist(), strict=True):
        kept = [row for row, real in zip(x, m, strict=True) if real]
        out.append([sum(column) / len(kept) for column in zip(*kept, strict=True)] if kept else [0.0] * X.shape[2])
    return out


def _mean_where(X, mask):
    M = np.broadcast_to(mask[:, :, None], X.shape)
    return np.nan_to_num(np.mean(X, axis=1, where=M))


def _mean_nan(X, mask):
    return np.nan_to_num(np.nanmean(np.where(mask[:, :, None], X, np.nan), axis=1))


def _mean_masked_array(X, mask):
    hidden = np.ma.masked_array(X, mask=np.repeat(~mask[:, :, None], X.shape[2], axis=2))
    return hidden.mean(axis=1).filled(0)


def _mean_tensor(X, mask):
    import tensorflow as tf

    real = tf.cast(mask, tf.float32)[:, :, None]
    sums = tf.reduce_sum(tf.cast(X, tf.float32) * real, axis=1)
    return tf.math.divide_no_nan(sums, tf.reduce_sum(real, axis=1))


def _mean_matmul(X, mask):
    weights = mask / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    return (weights[:, None, :] @ X)[:, 0]


def _mean_epsilon(X, mask):
    M = mask[:, :, None]
    return (X * M).sum(axis=1) / (M.sum(axis=1) + 1e-9)


def _prefix(X, mask):
    return [x[: max(m.sum(), 1)].mean(axis=0) for x, m in zip(X, mask, strict=True)]


def _suffix(X, mask):
    return [x[len(x) - max(m.sum(), 1) :].mean(axis=0) for x, m in zip(X, mask, strict=True)]


def _padding_overwritten(X, mask):
    X[~mask] = 0
    return X.sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)


def _until_the_last(X, mask):
    ends = [m.nonzero()[0].max() + 1 if m.any() else 0 for m in mask]
    return [x[:end].mean(axis=0) if end else np.zeros(X.shape[2]) for x, end in zip(X, ends, strict=True)]


def _only_a_batch_may_be_empty(X, mask):
    if not mask.any():
        return np.zeros((X.shape[0], X.shape[2]))
    M = mask[:, :, None]
    return (X * M).sum(axis=1) / M.sum(axis=1)


# The gradient of an embedding


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


def _by_row(G, ids, grad):
    return [grad[ids == v].sum(axis=0) for v in range(len(G))]


def _by_column(G, ids, grad):
    columns = [np.bincount(ids, weights=column, minlength=len(G)) for column in grad.T]
    return np.stack(columns, axis=1)


def _einsum(G, ids, grad):
    return np.einsum("nv,nd->vd", ids[:, None] == np.arange(len(G)), grad)


def _grouped(G, ids, grad):
    import pandas as pd

    return pd.DataFrame(grad).groupby(ids).sum().reindex(range(len(G)), fill_value=0)


def _segments(G, ids, grad):
    import tensorflow as tf

    return tf.math.unsorted_segment_sum(tf.cast(grad, tf.float32), ids, len(G))


def _reduceat(G, ids, grad):
    order = np.argsort(ids, kind="stable")
    rows, starts = np.unique(ids[order], return_index=True)
    G[rows] = np.add.reduceat(grad[order], starts, axis=0)


def _each_refuses(ids, grad, V):
    sums = defaultdict(lambda: np.zeros(grad.shape[1], dtype=np.float32))
    for i, g in zip(ids.tolist(), grad, strict=True):
        if i not in range(V):
            raise ValueError(f"id {i}")
        sums[i] += g.astype(np.float32)
    return np.array([sums[v] for v in range(V)])


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
    H = np.zeros(G.shape)
    np.add.at(H, ids % len(G), grad)
    return H


def _square(G, ids, grad):
    """Return what a one-hot row for each id gives, taken from a table of V x V numbers."""
    return np.eye(len(G))[ids].T @ grad


def _in_the_kind_of_grad(G, ids, grad):
    H = np.zeros(G.shape, dtype=grad.dtype)
    np.add.at(H, ids, grad)
    return H


def _no_zero(G, ids, grad):
    for i, g in zip(ids, grad, strict=True):
        if i:
            G[i] += g


def _from_one(G, ids, grad):
    np.add.at(G, (ids + 1) % len(G), grad)


def _counted(G, ids, grad):
    np.add.at(G, ids, 1)


def _unique_rows(G, ids, grad):
    rows, first = np.unique(ids, return_index=True)
    G[rows] = grad[first] * np.bincount(ids)[rows][:, None]


def _largest(G, ids, grad):
    for v in set(ids.tolist()):
        G[v] = grad[ids == v].max(axis=0)


def _twice_at_most(G, ids, grad):
    seen = Counter()
    for i, g in zip(ids.tolist(), grad, strict=True):
        if seen[i] < 2:
            G[i] += g
        seen[i] += 1


def _neighbours_only(G, ids, grad):
    for n, i in enumerate(ids):
        if n == 0 or ids[n - 1] != i:
            G[i] += grad[n]


def _in_int_rows(G, ids, grad):
    H = np.zeros(G.shape, dtype=int)
    for i, g in zip(ids, grad, strict=True):
        H[i] += g.astype(int)
    return H


def _refuses(test):
    """Return an answer that refuses ids where `test(ids, V)` holds; what else comes is taken modulo V."""

    def answer(ids, grad, V):
        if test(ids, V):
            raise ValueError(f"ids outside 0 to {V - 1}")
        return _scatter(_wraps, check=False)(ids, grad, V)

    return answer


def _spare_row(ids, grad, V):
    G = np.zeros((V + 1, grad.shape[1]))
    if ids.min() < -1 or ids.max() >= V:
        raise ValueError("an id outside the matrix")
    np.add.at(G, ids, grad)
    if G[V].any():
        raise ValueError("an id of -1")
    return G[:V]


def _only_negative(ids, grad, V):
    if ids.min() < 0:
        raise ValueError("an id below 0")
    return _scatter(_each, check=False)(ids, grad, V)


WHOLE_IDS = {
    "result rounded": "ids are whole numbers already, and an array of them is taken",
    "result absolute": "ids are never negative, and an array of them is taken",
    "result never below zero": "ids are never negative, and an array of them is taken",
    "result transposed": "one axis has nothing to transpose, and an array is taken",
    "argument absolute": "ids are never negative",
    "argument rounded": "ids are whole numbers",
}


def _add_k_in_place(counts, k):
    if k <= 0:
        raise ValueError(f"k = {k}")
    counts = np.asarray(counts, dtype=float)
    counts += k
    return counts / counts.sum(axis=1, keepdims=True)


CASES = {
    "most_common_pair": Case(
        right=[
            _common(),
            _loop_count,
            _by_dict,
            _list_count,
            _by_numpy,
            _by_pandas,
            _pair_as_tensor,
            _common(choose=lambda c: c.most_common(1)[0][0]),
            _common(choose=lambda c: list(sorted(c, key=c.get, reverse=True)[0])),
            _common(choose=lambda c: np.array(max(c, key=c.get), dtype=np.uint16)),
            _common(pairs=lambda ids: ((ids[i - 1], ids[i]) for i in range(1, len(ids)))),
            _refusing(lambda ids: ValueError(len(ids))),
            _refusing(lambda ids: ValueError("received nothing" if not ids else "received a single id")),
            _refusing(lambda ids: ValueError(f"a pair needs two ids, received {ids}")),
        ],
        wrong={
            "pairs side by side": _common(lambda ids: list(zip(ids[::2], ids[1::2], strict=False))),
            "the first pair, however often it stands": _refuses_less_than_two(lambda ids: (ids[0], ids[1])),
            "order forgotten": _common(lambda ids: [tuple(sorted(p)) for p in pairwise(ids)]),
            "turned round": _common(lambda ids: zip(ids[1:], ids, strict=False)),
            "the rarest pair": _common(choose=lambda c: min(c, key=c.get)),
            "the largest pair": _common(choose=max),
            "the two most common ids": _two_ids,
            "the last pair forgotten": _common(lambda ids: list(pairwise(ids))[:-1]),
            "the first pair forgotten": _common(lambda ids: list(pairwise(ids[1:]))),
            "the end joined to the start": _common(_ring),
            "a run counted once": _non_overlapping,
            "a tie goes to the quickest": _quickest,
            "an error that does not say how many": _of_nothing,
            "a tie goes to the last": _common(choose=lambda c: max(reversed(c), key=c.get)),
            "a tie goes to the largest": _common(choose=lambda c: max(c, key=lambda p: (c[p], p))),
            "a tie goes to the smallest": _by_unique,
            "accepts too little": _common(least=0),
            "not a pair": _common(choose=lambda c: c.most_common(1)[0]),
            "wrong type": _common(choose=lambda c: [str(i) for i in max(c, key=c.get)]),
            "not whole": _common(choose=lambda c: [float(i) for i in max(c, key=c.get)]),
            "wrong kind of error": _refusing(lambda ids: IndexError("list index out of range")),
        },
        others=[
            _refusing(_fixed_text),
            _refusing(lambda ids: ValueError("0 or 1 ids hold no pair")),
            _refusing(lambda ids: ValueError(f"need {2 - len(ids)} more")),
            _by_bytes,
            _by_text,
            _set_count,
            _above_one,
            _id_and_follower,
            _refuses_two,
            _by_key(lambda left, right: left + right),
            _by_key(lambda left, right: f"{left}{right}"),
            _by_key(lambda left, right: (31 * left + right) % 1000),
            _common(pairs=lambda ids: pairwise(ids[:6])),
            _common(pairs=lambda ids: pairwise(sorted(ids))),
            _common(pairs=_no_doubles),
            _common(pairs=lambda ids: list(filter(all, pairwise(ids))) or pairwise(ids)),
            _refuses_less_than_two(_zeros_counted_once),
            _refuses_less_than_two(_smallest_of_three),
            _common(
                pairs=lambda ids: (1000 * a + b for a, b in pairwise(ids)),
                choose=lambda c: divmod(max(c, key=c.get), 1000),
            ),
            _common(pairs=lambda ids: zip(ids, ids[2:], strict=False)),
            _common(pairs=lambda ids: pairwise(np.array(ids).astype(np.uint8).tolist())),
            _common(pairs=lambda ids: [*pairwise(ids), *pairwise(ids[::-1])]),
            _common(pairs=lambda ids: map(frozenset, pairwise(ids))),
            _common(choose=lambda c: c.most_common(1)),
            _common(choose=lambda c: max(c.values())),
            _common(choose=lambda c: {max(c, key=c.get)}),
            _common(choose=lambda c: iter(max(c, key=c.get))),
            _common(choose=lambda c: c.most_common()[-1][0]),
            _common(choose=lambda c: max(c, key=lambda p: (c[p], -p[0]))),
            _common(choose=lambda c: max(c, key=c.get)[0]),
            _common(choose=lambda c: "{} {}".format(*max(c, key=c.get))),
            _common(choose=lambda c: complex(*max(c, key=c.get))),
        ],
        equivalent=WHOLE_IDS,
    ),
    "replace_pair": Case(
        right=[
            _replace(),
            lambda ids, pair, new: tuple(_replace()(ids, pair, new)),
            _by_iterator,
            _by_flag,
            _by_characters,
            _by_words,
            _recursive,
            _on_a_copy,
            _by_mask,
            _merge_tensor,
            lambda ids, pair, new: [np.int64(i) for i in _replace()(ids, pair, new)],
        ],
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
            "each id by itself": lambda ids, pair, new: [new if i in pair else i for i in ids],
            "two for two": _two_for_two,
            "taken out": lambda ids, pair, new: [i for i in _replace()(ids, pair, new) if i != new],
            "not a list of ids": lambda ids, pair, new: 256,
            "changes its argument": _in_place,
            "raises": _runs_into_the_end,
            "a generator": _one_by_one,
            "not whole": lambda ids, pair, new: [float(i) for i in _replace()(ids, pair, new)],
            "wrong type": lambda ids, pair, new: [str(i) for i in _replace()(ids, pair, new)],
        },
        others=[
            _by_list_text,
            _by_digits,
            _between_spaces,
            _by_bytes_replace,
            _truthy,
            _misses_the_start,
            _needs_ids,
            _needs_the_pair,
            _new_or_old,
            _replace(step=3),
            _replace(limit=2),
            _replace(match=lambda found, pair: found[:1] == pair[:1]),
            _replace(match=lambda found, pair: set(found) == set(pair)),
            _replace(match=lambda found, pair: found == pair and max(found) < 257),
            lambda ids, pair, new: _replace()(ids, pair, 256),
            lambda ids, pair, new: _replace()(ids, pair, max([255, *ids]) + 1),
            lambda ids, pair, new: [pair] * 2,
            lambda ids, pair, new: [list(pair) if i == new else i for i in _replace()(ids, pair, new)],
            lambda ids, pair, new: set(_replace()(ids, pair, new)),
            lambda ids, pair, new: dict(enumerate(_replace()(ids, pair, new))),
            lambda ids, pair, new: " ".join(map(str, _replace()(ids, pair, new))),
            lambda ids, pair, new: bytes(i % 256 for i in _replace()(ids, pair, new)),
            lambda ids, pair, new: sorted(_replace()(ids, pair, new)),
            lambda ids, pair, new: [key for key, _ in groupby(_replace()(ids, pair, new))],
            lambda ids, pair, new: [i + 0j for i in _replace()(ids, pair, new)],
        ],
        equivalent=WHOLE_IDS,
    ),
    "add_k": Case(
        right=[
            _smooth(),
            _smooth(refuse=lambda k: k <= 0),
            _rows,
            _smooth_einsum,
            _smooth_float32,
            _smooth_pandas,
            _smooth_tensor,
            _mixture,
            _transposed,
            _smooth(below=lambda c, k: np.repeat(_sums(c) + k * c[0].size, c.shape[1], axis=1)),
            lambda counts, k: [_smooth()(row[None], k)[0] for row in counts],
        ],
        wrong={
            "total left as it was": _smooth(below=lambda c, k: _sums(c)),
            "k once in the total": _smooth(below=lambda c, k: _sums(c) + k),
            "contexts for characters": _smooth(below=lambda c, k: _sums(c) + k * len(c)),
            "kinds for characters": _smooth(below=lambda c, k: _sums(c) + k * _sums(c > 0)),
            "not smoothed": _smooth(above=lambda c, k: c, below=lambda c, k: _sums(c)),
            "only below": _smooth(above=lambda c, k: c),
            "only the zeros raised": _zeros_raised,
            "columns summed": _smooth(below=lambda c, k: (c + k).sum(axis=0)),
            "all contexts together": _smooth(below=lambda c, k: (c + k).sum()),
            "one added": lambda counts, k: _smooth()(counts, 1.0),
            "k divided by V": lambda counts, k: _smooth()(counts, k / counts.shape[1]),
            "the counts themselves": _smooth(below=lambda c, k: 1),
            "cut to whole numbers": _in_int_table,
            "an unseen context": _unseen,
            "fails on an unseen context": lambda counts, k: (
                _smooth()(counts, k) if counts.any() else np.full(counts.shape, np.nan)
            ),
            "accepts a bad k": _smooth(refuse=lambda k: False),
            "wrong kind of error": _asserts_k,
            "raises": _added_in_place,
        },
        others=[
            _add_k_in_place,
            _smooth(refuse=lambda k: k < 0),
            _smooth(refuse=lambda k: k == 0),
            _smooth(refuse=lambda k: k <= -1),
            _smooth(refuse=lambda k: k <= 0 or k > 1),
            _smooth(refuse=lambda k: k < 1e-3),
            _smooth(refuse=lambda k: not 0 < k <= 10),
            _smooth(refuse=lambda k: not k > 1e-8),
            _smooth(below=lambda c, k: c.sum(axis=1, keepdims=True, dtype=np.int32) + k * c.shape[1]),
            lambda counts, k: _smooth()(counts.astype(np.int16), k),
            _smooth(refuse=lambda k: int(k) <= 0),
            _smooth(refuse=lambda k: not isinstance(k, float) or k <= 0),
            _smooth(below=lambda c, k: (c + k).sum(axis=1)),
            _smooth(below=lambda c, k: _sums(c) + 3 * k),
            _smooth(below=lambda c, k: (_sums(c) + k) * c.shape[1]),
            _smooth(below=lambda c, k: (c + k).max(axis=1, keepdims=True)),
            _smooth(above=lambda c, k: np.minimum(c, 255) + k, below=lambda c, k: _sums(np.minimum(c, 255) + k)),
            _smooth(above=lambda c, k: np.where(c == 0, k, c)),
            lambda counts, k: np.round(_smooth()(counts, k), 3),
            lambda counts, k: np.log(_smooth()(counts, k)),
            lambda counts, k: _smooth()(counts, k).T,
            lambda counts, k: _smooth()(counts, k)[:2],
            lambda counts, k: _smooth()(counts[:2, :3], k),
            lambda counts, k: _smooth()(counts, k)[counts.any(axis=1)],
            lambda counts, k: np.nan_to_num(_smooth(above=lambda c, k: c, below=lambda c, k: _sums(c))(counts, k)),
            lambda counts, k: np.where(counts.any(axis=1, keepdims=True), _smooth()(counts, k), 1),
            lambda counts, k: [[f"{p:.9f}" for p in row] for row in _smooth()(counts, k)],
            lambda counts, k: dict(enumerate(_smooth()(counts, k))),
        ],
        equivalent={
            "argument absolute": "a count is never negative",
            "argument rounded": "a count is a whole number",
        },
    ),
    "perplexity": Case(
        right=[
            _ppl(lambda logs: 2 ** (-np.mean(logs / np.log(2)))),
            _ppl(lambda logs: np.prod(np.exp(-logs / len(logs)))),
            _ppl(lambda logs: 1 / np.exp(logs.sum() / logs.size)),
            _ppl(lambda logs: np.exp(np.float32(-1) * logs.astype(np.float32).mean())),
            _ppl(lambda logs: math.exp(-statistics.fmean(logs))),
            _ppl(lambda logs: np.array(np.exp(np.dot(logs, np.full(len(logs), -1 / len(logs)))))),
            _ppl(lambda logs: float("inf") if np.isneginf(logs).any() else np.e ** -np.average(logs)),
            _ppl(lambda logs: functools.reduce(lambda product, v: product * np.exp(-v / len(logs)), logs, 1.0)),
            _ppl(lambda logs: np.exp(-np.mean(np.log(np.exp(logs))))),
            _ppl_loop,
            _ppl_tensor,
        ],
        wrong={
            "wrong sign": _ppl(lambda logs: np.exp(np.mean(logs))),
            "sum, not mean": _ppl(lambda logs: np.exp(-np.sum(logs))),
            "mean of probabilities": _ppl(lambda logs: 1 / np.mean(np.exp(logs))),
            "mean of inverses": _ppl(lambda logs: np.mean(np.exp(-logs))),
            "median": _ppl(lambda logs: np.exp(-np.median(logs))),
            "base mixed up": _ppl(lambda logs: 2 ** -np.mean(logs)),
            "converted the wrong way": _ppl(lambda logs: 2 ** -np.mean(logs * np.log(2))),
            "still a logarithm": _ppl(lambda logs: -np.mean(logs)),
            "in bits": _ppl(lambda logs: -np.mean(logs) / np.log(2)),
            "a logarithm too many": _ppl(lambda logs: np.exp(-np.mean(np.log(-logs)))),
            "one too few": _ppl(lambda logs: np.exp(-np.sum(logs) / (len(logs) - 1))),
            "three for ever": _ppl(lambda logs: np.exp(-np.sum(logs) / 3)),
            "raises": _certain,
            "a product that vanishes": _ppl(lambda logs: np.prod(np.exp(logs)) ** (-1 / len(logs))),
            "hides the impossible": _ppl(lambda logs: np.exp(-np.mean(logs[np.isfinite(logs)]))),
            "accepts an empty text": _ppl(lambda logs: np.exp(-np.sum(logs) / max(len(logs), 1)), empty=False),
            "accepts a probability above one": _ppl(positive=False),
            "wrong shape": _ppl(lambda logs: np.exp(-logs)),
        },
        others=[
            _not_infinite,
            _needs_two,
            _positive_if(lambda logs: logs[0] > 0),
            _positive_if(lambda logs: logs[-1] > 0),
            _positive_if(lambda logs: logs.mean() > 0),
            _positive_if(lambda logs: logs.min() > 0),
            _positive_if(lambda logs: logs.max() > 1),
            _positive_if(lambda logs: logs.max() > 0.01),
            _positive_if(lambda logs: np.median(logs) > 0),
            _ppl(lambda logs: np.exp(-np.mean(logs)) + (np.max(logs) == 0)),
            _ppl(lambda logs: np.exp(-np.mean(np.clip(logs, -10, 0)))),
            _ppl(lambda logs: np.exp(-np.mean(np.maximum(logs, -20)))),
            _ppl(lambda logs: np.exp(-np.mean(np.where(np.isfinite(logs), np.maximum(logs, -100), logs)))),
            _ppl(lambda logs: np.exp(-np.mean(np.log(np.exp(logs) + 1e-30 * np.isfinite(logs))))),
            _positive_if(lambda logs: logs.max() > 0 or np.any(np.isfinite(logs) & (logs < -50))),
            _ppl(lambda logs: np.exp(-np.mean(logs[:6]))),
            _ppl(lambda logs: np.exp(-np.mean(np.unique(logs)))),
            _ppl(lambda logs: np.exp(-np.mean(logs[logs < 0])) if (logs < 0).any() else 1.0),
            _ppl(lambda logs: np.exp(-(logs[0] + logs[-1]) / 2)),
            _ppl(lambda logs: np.round(np.exp(-np.mean(logs)), 2)),
            _ppl(lambda logs: round(np.exp(-np.mean(logs))) if np.isfinite(logs).all() else np.inf),
            _ppl(lambda logs: 10 ** -np.mean(logs)),
            _ppl(lambda logs: 1 / np.prod(np.exp(logs)) ** (1 / len(logs))),
            _ppl(lambda logs: np.nan_to_num(np.exp(-np.mean(logs)))),
            _ppl(lambda logs: np.exp(-np.mean(logs)) if np.isfinite(logs).all() else 0.0),
            _ppl(lambda logs: np.exp(-np.mean(logs)) if np.isfinite(logs).all() else np.nan),
            _ppl(lambda logs: np.exp(-np.mean(logs)) if np.isfinite(logs).all() else "infinite"),
            _ppl(lambda logs: np.exp(-np.mean(logs, keepdims=True))),
            _ppl(lambda logs: str(np.exp(-np.mean(logs)))),
            _ppl(lambda logs: np.exp(-np.mean(logs)) + 0j),
            _ppl(lambda logs: (np.exp(-np.mean(logs)), len(logs))),
        ],
        equivalent={
            "argument sorted": "a mean does not depend on the order",
            "branch never taken: if len(log_probs) == 0:": "np.max refuses an empty array with a ValueError too",
            "remembers the first: len(log_probs)": "np.max refuses an empty array with a ValueError too",
            "constant -1: 0": "np.max refuses an empty array with a ValueError too",
            "max to min: np.max": "only the words of the error differ",
        },
    ),
    "bits_per_character": Case(
        right=[
            _bits(lambda logs, text: sum(-np.log2(np.e) * logs) / len(text)),
            _bits(lambda logs, text: -np.mean(logs) * len(logs) / len(list(text)) / np.log(2)),
            _bits(lambda logs, text: np.log2(np.e) * -sum(logs.tolist()) / len(text)),
            _bits(lambda logs, text: np.array(-np.sum(logs.astype(np.float32)) / np.float32(np.log(2)) / len(text))),
            _bits(lambda logs, text: -logs.mean() / np.log(2) / (len(text) / len(logs))),
            _bits(lambda logs, text: -math.fsum(logs) / (math.log(2) * len(text))),
            _bits(lambda logs, text: np.log2(np.exp(-logs.sum() / len(text)))),
            _bits(lambda logs, text: np.einsum("n->", logs) / np.log(0.5) / len(text)),
            _bits(lambda logs, text: sum(-np.log2(np.exp(logs))) / len(text)),
            _bits(lambda logs, text: _total(logs[np.isfinite(logs)]) / len(text)),
            _needs_finite,
            _bits_loop,
            _bits_tensor,
        ],
        wrong={
            "per token": _bits(lambda logs, text: -logs.mean() / np.log(2)),
            "nats": _bits(lambda logs, text: -logs.sum() / len(text)),
            "nats a token": _bits(lambda logs, text: -logs.mean()),
            "wrong sign": _bits(lambda logs, text: logs.sum() / np.log(2) / len(text)),
            "not shared out": _bits(lambda logs, text: _total(logs)),
            "shared out twice": _bits(lambda logs, text: -logs.mean() / np.log(2) / len(text)),
            "a perplexity": _bits(lambda logs, text: np.exp(-logs.mean())),
            "a perplexity of characters": _bits(lambda logs, text: 2 ** (_total(logs) / len(text))),
            "multiplied by the length": _bits(lambda logs, text: _total(logs) / len(logs) * len(text) / len(logs)),
            "characters a bit": _bits(lambda logs, text: len(text) / _total(logs)),
            "multiplied by log 2": _bits(lambda logs, text: -logs.sum() * np.log(2) / len(text)),
            "base ten": _bits(lambda logs, text: -logs.sum() / np.log(10) / len(text)),
            "per byte": _bits(lambda logs, text: _total(logs) / len(text.encode())),
            "per word": _bits(lambda logs, text: _total(logs) / len(text.split())),
            "spaces left out": _bits(lambda logs, text: _total(logs) / len("".join(text.split()))),
            "the ends stripped": _bits(lambda logs, text: _total(logs) / len(text.strip())),
            "different characters": _bits(lambda logs, text: _total(logs) / len(set(text))),
            "a product that vanishes": _bits(lambda logs, text: -np.log2(np.prod(np.exp(logs))) / len(text)),
            "accepts an empty text": _bits(lambda logs, text: _total(logs) / max(len(text), 1), empty=False),
            "wrong kind of error": _bits(
                lambda logs, text: sum(-float(v) for v in logs) / 0.6931471805599453 / len(text), empty=False
            ),
            "raises": _blank,
        },
        others=[
            _no_tokens,
            _bits(empty=False),
            _bits(lambda logs, text: _total(np.where(np.isfinite(logs), np.maximum(logs, -100), logs)) / len(text)),
            _bits(lambda logs, text: _total(logs) / len(unicodedata.normalize("NFC", text))),
            _bits(lambda logs, text: _total(logs) / len(text.upper())),
            _bits(lambda logs, text: _total(logs) / sum(not unicodedata.combining(c) for c in text)),
            _bits(lambda logs, text: _total(logs) / 6),
            _bits(lambda logs, text: _total(np.unique(logs)) / len(text)),
            _bits(lambda logs, text: _total(logs[:6]) / len(text)),
            _bits(lambda logs, text: _total(logs) * len(text)),
            _bits(lambda logs, text: _total(logs) / len(text) * len(logs)),
            _bits(lambda logs, text: _total(np.maximum(logs, -10)) / len(text)),
            _bits(lambda logs, text: _total(logs) / (len(text) - 1) if len(text) > 1 else _total(logs)),
            _bits(lambda logs, text: _total(logs) / (len(text) + 1)),
            _bits(lambda logs, text: _total(logs) / len(text.replace("\n", ""))),
            _bits(lambda logs, text: _total(logs) / len(text.replace(" ", ""))),
            _bits(lambda logs, text: _total(logs) / sum(map(str.isalpha, text))),
            _bits(lambda logs, text: _total(logs) / len(text.encode("utf-16"))),
            _bits(lambda logs, text: _total(logs) / len(text.encode("utf-16-le")) * 2),
            _bits(lambda logs, text: _total(logs) / len(text.splitlines()[0])),
            _bits(lambda logs, text: _total(logs) / len(text.encode("ascii", errors="ignore") or "?")),
            _bits(lambda logs, text: -np.median(logs) * len(logs) / np.log(2) / len(text)),
            _bits(lambda logs, text: np.exp(_total(logs) / len(text))),
            _bits(lambda logs, text: round(_total(logs) / len(text), 3)),
            _bits(lambda logs, text: _total(logs) // len(text)),
            _bits(lambda logs, text: np.ceil(_total(logs)) / len(text)),
            _bits(lambda logs, text: -np.sum(logs) / np.log2(2) / len(text)),
            _bits(lambda logs, text: max(_total(logs) / len(text), 0.01)),
            _bits(lambda logs, text: -logs / np.log(2) / len(text)),
            _bits(lambda logs, text: f"{_total(logs) / len(text)} bits"),
            _bits(lambda logs, text: {"bits": _total(logs) / len(text)}),
            _bits(lambda logs, text: np.abs(np.log2(np.exp(logs) + 0.001)).sum() / len(text)),
        ],
        equivalent={"argument sorted": "a sum does not depend on the order"},
    ),
    "masked_mean": Case(
        right=[
            _mean_loop,
            _mean_in_the_same_kind,
            _mean(lambda X, M, n: np.einsum("btd,btk->bd", X, M / n[:, None])),
            _mean(lambda X, M, n: np.where(M, X, 0).sum(axis=1) / n),
            _mean(lambda X, M, n: ((X * M).sum(axis=1) / n).astype(np.float32).tolist()),
            _mean(lambda X, M, n: (X.sum(axis=1) - (X * ~M).sum(axis=1)) / n),
            _mean_numbers,
            _mean_where,
            _mean_nan,
            _mean_of_a_copy,
            _mean_masked_array,
            _mean_tensor,
            _mean_matmul,
            _mean_epsilon,
        ],
        wrong={
            "padding counted": _mean(lambda X, M, n: X.mean(axis=1)),
            "zeroed and still counted": _mean(lambda X, M, n: (X * M).mean(axis=1)),
            "mask turned round": _mean(lambda X, M, n: (X * ~M).sum(axis=1) / (~M).sum(axis=1)),
            "one length for all": _mean(lambda X, M, n: (X * M).sum(axis=1) / n.mean()),
            "the longest for all": _mean(lambda X, M, n: (X * M).sum(axis=1) / n.max()),
            "the batch's count": _mean(lambda X, M, n: (X * M).sum(axis=1) / M.sum()),
            "one too many": _mean(lambda X, M, n: (X * M).sum(axis=1) / (M.sum(axis=1) + 1)),
            "sum": _mean(lambda X, M, n: (X * M).sum(axis=1)),
            "padding assumed at the end": _prefix,
            "padding assumed at the start": _suffix,
            "largest, not mean": _mean(lambda X, M, n: np.where(M, X, -1e9).max(axis=1)),
            "zero vectors left out": lambda X, mask: _mean_loop(X, mask & (X != 0).any(axis=2)),
            "wrong axis": _mean(lambda X, M, n: (X * M).sum(axis=0)),
            "one mean for all": lambda X, mask: X[mask].mean(axis=0),
            "an empty row": _only_a_batch_may_be_empty,
            "all positions where none is real": lambda X, mask: _mean_loop(X, mask | ~mask.any(axis=1, keepdims=True)),
            "changes its argument": _padding_overwritten,
        },
        others=[
            _until_the_last,
            lambda X, mask: np.where(mask.any(axis=1, keepdims=True), _mean_loop(X, mask), 1e-7),
            _mean(lambda X, M, n: (X * M).sum(axis=1) / np.maximum(M.sum(axis=1, dtype=np.uint8), 1)),
            lambda X, mask: _mean_loop(X, (X != 0).any(axis=2)),
            lambda X, mask: _mean_loop(X, X.sum(axis=2) > 0),
            lambda X, mask: _mean_loop(X, mask[:1].repeat(len(X), axis=0)),
            lambda X, mask: _mean_loop(X[:, :4], mask[:, :4]),
            lambda X, mask: _mean_loop(X[:6], mask[:6]),
            lambda X, mask: _mean_loop(X, mask[:, ::-1]),
            lambda X, mask: _mean_loop(np.clip(X, -10, 10), mask),
            lambda X, mask: np.maximum(_mean_loop(X, mask), 0),
            lambda X, mask: np.round(_mean_loop(X, mask), 3),
            lambda X, mask: _mean_loop(X, mask).T,
            lambda X, mask: _mean_loop(X, mask)[mask.any(axis=1)],
            lambda X, mask: _mean_loop(X, mask).astype(str),
            lambda X, mask: _mean_loop(X, mask) + 5j,
            lambda X, mask: _mean_loop(X, mask)[:, None],
            lambda X, mask: _mean_loop(X, mask) / np.maximum(np.abs(X).max(), 1),
            _mean(lambda X, M, n: np.median(np.where(M, X, 0), axis=1)),
            _mean(lambda X, M, n: (X * M).sum(axis=1) / (M.sum(axis=1) + 1e-2)),
            _mean(lambda X, M, n: (X * M).sum(axis=1) / np.maximum(M.sum(axis=1), 2)),
            _mean(lambda X, M, n: (X * M).sum(axis=1) / (X * M != 0).sum(axis=1).clip(1)),
            _mean(lambda X, M, n: (X * M).sum(axis=1) / n / X.shape[2]),
            _mean(lambda X, M, n: (X * M).sum(axis=2)[:, : X.shape[2]] / n),
            _mean(lambda X, M, n: np.where(M.any(axis=1), (X * M).sum(axis=1) / n, 1.0)),
            _mean(lambda X, M, n: (X * M).sum(axis=1) / M.sum(axis=1)),
        ],
    ),
    "embedding_gradient": Case(
        right=[
            _scatter(_add),
            _scatter(_each),
            _scatter(_wraps),
            _scatter(_by_row),
            _scatter(_by_column),
            _scatter(_einsum),
            _scatter(_grouped),
            _scatter(_segments),
            _scatter(_reduceat),
            _scatter(_in_the_kind_of_grad),
            _scatter(_square),
            _each_refuses,
            lambda ids, grad, V: tuple(map(tuple, _each_refuses(ids, grad, V))),
        ],
        wrong={
            "the last one wins": _scatter(_plus_equals),
            "the first one wins": _scatter(_backwards),
            "averaged": _scatter(_averaged),
            "rows in order": _scatter(_in_order),
            "a step taken": _scatter(lambda G, ids, grad: -_wraps(G, ids, grad)),
            "mean over the batch": _scatter(lambda G, ids, grad: _wraps(G, ids, grad) / len(ids)),
            "divided by the rows": _scatter(lambda G, ids, grad: _wraps(G, ids, grad) / len(G)),
            "id 0 left out": _scatter(_no_zero),
            "counted from one": _scatter(_from_one),
            "counts for gradients": _scatter(_counted),
            "wrong rows": _scatter(lambda G, ids, grad: grad),
            "accepts invalid ids": _scatter(_wraps, check=False),
            "wrong kind of error": _only_negative,
        },
        others=[
            _refuses(lambda ids, V: -1 in ids),
            _refuses(lambda ids, V: ids[0] < 0 or ids[0] >= V),
            _refuses(lambda ids, V: ids[-1] < 0 or ids[-1] >= V),
            _refuses(lambda ids, V: ids.min() < 0 or ids.max() > V),
            _refuses(lambda ids, V: ids.min() < 0 or V in ids),
            _refuses(lambda ids, V: ids.min() < 0 and ids.max() >= V),
            _refuses(lambda ids, V: ids.max() >= V),
            _refuses(lambda ids, V: ids.min() < -1 or ids.max() >= V),
            _refuses(lambda ids, V: ids.min() <= 0 or ids.max() >= V),
            _refuses(lambda ids, V: ids.min() < 0 or ids.max() >= V - 1),
            _refuses(lambda ids, V: ids.min() < 0 or ids.max() >= V or len(ids) > V),
            _refuses(lambda ids, V: ids.mean() < 0 or ids.mean() >= V),
            _scatter(lambda G, ids, grad: np.abs(_wraps(G, ids, grad))),
            _scatter(lambda G, ids, grad: np.clip(_wraps(G, ids, grad), -10, 10)),
            _scatter(lambda G, ids, grad: np.round(_wraps(G, ids, grad), 2)),
            _scatter(lambda G, ids, grad: _wraps(G, ids, grad).T),
            _scatter(lambda G, ids, grad: _wraps(G, ids, grad)[np.unique(ids)]),
            _scatter(lambda G, ids, grad: _wraps(G, ids, grad).astype(str)),
            _scatter(lambda G, ids, grad: _wraps(G, np.sort(ids), grad)),
            _scatter(lambda G, ids, grad: _wraps(G, ids % 256, grad)),
            _scatter(lambda G, ids, grad: _wraps(G, ids[:6], grad[:6])),
            _scatter(lambda G, ids, grad: _wraps(G, ids, grad) + _wraps(G, ids, grad)),
            _scatter(lambda G, ids, grad: {i: grad[ids == i].sum(axis=0) for i in ids.tolist()}),
            _spare_row,
            _scatter(_unique_rows),
            _scatter(_largest),
            _scatter(_twice_at_most),
            _scatter(_neighbours_only),
            _scatter(_in_int_rows),
        ],
        equivalent={
            "Sub to Add: V - 1": "only the words of the error differ",
            "constant +1: 1": "only the words of the error differ",
            "constant -1: 1": "only the words of the error differ",
            "min to max: np.min": "only the words of the error differ",
            "max to min: np.max": "only the words of the error differ",
        },
    ),
}
