"""Right and wrong answers to the exercises of lesson 06."""

from __future__ import annotations

import numpy as np

from tests.exercises.harness import Case

# fill_none


def _fill(where):
    return lambda quality, size: quality.mask(where(quality, size), "none")


def _fill_loop(quality, size):
    return [
        "none" if isinstance(q, float) and s == 0 else q for q, s in zip(quality.tolist(), size.tolist(), strict=True)
    ]


def _fill_numpy(quality, size):
    return np.where(quality.isna() & size.eq(0), "none", quality.astype(object))


def _fill_copy(quality, size):
    result = quality.copy()
    result[quality.isna() & (size == 0)] = "none"
    return result


def _fill_labels(quality, size):
    result = quality.copy()
    for i in range(len(quality)):
        if quality.isna()[i] and size[i] == 0:
            result[i] = "none"
    return result


def _fill_without_labels(quality, size):
    import pandas as pd

    return pd.Series(_fill_loop(quality, size))


def _fill_fixed(quality, size):
    return quality.where(quality.index != 1, "none")


# impute_with_medians


def _impute(numbers, check=True, where=lambda old, new: new):
    def impute(old, new):
        if check and (not len(old) or np.isnan(old).all(axis=0).any()):
            raise ValueError("nothing to learn from")
        table = where(old, new).copy()
        return np.where(np.isnan(table), numbers(old, table), table)

    return impute


def _impute_pandas(old, new):
    import pandas as pd

    medians = pd.DataFrame(old).median()
    if medians.isna().any():
        raise ValueError("a column is empty")
    return pd.DataFrame(new).fillna(medians)


def _impute_sklearn(old, new):
    from sklearn.impute import SimpleImputer

    if np.isnan(old).all(axis=0).any():
        raise ValueError("a column is empty")
    return SimpleImputer(strategy="median").fit(old).transform(new)


def _only_empty(old, new):
    if not len(old):
        raise ValueError("no rows")
    return _impute(lambda o, n: np.nanmedian(o, axis=0), check=False)(old, np.where(np.isnan(new), new, new))


def _refuses_new_gaps(old, new):
    if np.isnan(new).all(axis=0).any():
        raise ValueError("a column is empty")
    return _impute(_median)(old, new)


def _mute(old, new):
    if not len(old) or np.isnan(old).all(axis=0).any():
        raise ValueError
    return _impute(lambda o, n: np.nanmedian(o, axis=0))(old, new)


def _median(old, new):
    return np.nanmedian(old, axis=0)


# one_hot


def _one_hot(place=lambda value, names: names.index(value) if value in names else None, size=len):
    def encode(values, categories):
        rows = np.zeros((len(values), size(categories)))
        for row, value in zip(rows, values, strict=True):
            if (i := place(value, categories)) is not None:
                row[i] = 1
        return rows

    return encode


def _own_columns(values, categories):
    names = sorted({str(value) for value in values})
    return np.array([[str(value) == name for name in names] for value in values], dtype=int)


def _eye(values, categories):
    codes = [categories.index(value) if value in categories else len(categories) for value in values]
    return np.eye(len(categories) + 1)[np.array(codes, dtype=int)][:, :-1]


def _hot_sklearn(values, categories):
    from sklearn.preprocessing import OneHotEncoder

    encoder = OneHotEncoder(categories=[categories], handle_unknown="ignore", sparse_output=False)
    return encoder.fit_transform(np.array(values, dtype=object)[:, None])


def _numpy_hot(values, categories):
    return (np.array(values, dtype=object)[:, None] == np.array(categories, dtype=object)).astype(float)


# k_fold


def _fold(parts=np.array_split, train=lambda order, test: order[~np.isin(order, test)], check=True, pair=lambda a, b: (a, b)):  # fmt: skip
    def fold(order, k):
        if check and not 2 <= k <= len(order):
            raise ValueError("k")
        return [pair(train(order, test), test) for test in parts(order, k)]

    return fold


def _strided(order, k):
    if k < 2 or k > len(order):
        raise ValueError("k")
    return [([x for j, x in enumerate(order) if j % k != i], order[i::k].tolist()) for i in range(k)]


def _sklearn_fold(order, k):
    from sklearn.model_selection import KFold

    return [(order[a], order[b]) for a, b in KFold(k).split(order)]


def _refuses_n(order, k):
    if k >= len(order):
        raise ValueError("k")
    return _fold()(order, k)


def _lazy_fold(order, k):
    yield from _fold()(order, k)


def _ceiling_parts(order, k):
    size = -(-len(order) // k)
    return [order[i * size : (i + 1) * size] for i in range(k)]


def _floor_parts(order, k):
    size = len(order) // k
    return [order[i * size : (i + 1) * size] for i in range(k)]


# honest_score


def _score(scale="train", select="train", on="test", own=False, scaling=True, most=None, size=np.abs):
    def score(X, y, train, test, n_keep):
        from sklearn.linear_model import Ridge

        rows = {"train": train, "test": test, "all": np.arange(len(y))}
        a, b, k = rows[scale], rows[select], most or n_keep
        Z = (X - X[a].mean(axis=0)) / X[a].std(axis=0)
        keep = np.argsort(-size(Z[b].T @ (y[b] - y[b].mean())))[:k]
        if own:
            Z[test] = (X[test] - X[test].mean(axis=0)) / X[test].std(axis=0)
        if not scaling:
            Z = X
        return Ridge(50.0).fit(Z[train][:, keep], y[train]).score(Z[rows[on]][:, keep], y[rows[on]])

    return score


def _pipeline_score(X, y, train, test, n_keep):
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), SelectKBest(f_regression, k=n_keep), Ridge(50.0))
    return model.fit(X[train], y[train]).score(X[test], y[test])


def _by_correlation(X, y, train, test, n_keep):
    from sklearn.linear_model import Ridge

    Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0, ddof=1)
    r = [abs(np.corrcoef(Z[train, j], y[train])[0, 1]) for j in range(X.shape[1])]
    keep = np.argsort(r)[-n_keep:]
    y_hat = Ridge(50.0).fit(Z[train][:, keep], y[train]).predict(Z[test][:, keep])
    return 1 - np.sum((y[test] - y_hat) ** 2) / np.sum((y[test] - y[test].mean()) ** 2)


# out_of_fold_means


def _means(source="rest", default="rest", check=True, ordered=True):
    def means(groups, y, folds):
        if check and np.isnan(y).any():
            raise ValueError("NaN")
        every, result = np.arange(len(y)), np.zeros(len(y))
        for fold in folds:
            rest = np.array([i for i in every if i not in fold])
            for i in fold:
                rows = {"rest": rest, "all": every, "fold": fold, "others": every[every != i], "nobody": every[:0]}
                same = rows[source][groups[rows[source]] == groups[i]]
                otherwise = {"zero": 0.0, "nan": np.nan}.get(default)
                if otherwise is None:
                    otherwise = y[rows[default]].mean()
                result[i] = y[same].mean() if len(same) else otherwise
        return result if ordered else result[np.concatenate(folds)]

    return means


def _whole_means(groups, y, folds):
    return _means()(groups, y, folds).astype(y.dtype)


def _pandas_means(groups, y, folds):
    import pandas as pd

    if not np.isfinite(y).all():
        raise ValueError("prices")
    table = pd.DataFrame({"group": groups, "y": y})
    result = pd.Series(0.0, index=table.index)
    for fold in folds:
        rest = table.drop(index=fold)
        result[fold] = table.loc[fold, "group"].map(rest.groupby("group")["y"].mean()).fillna(rest["y"].mean())
    return result


# buffered_shuffle


def _buffer(size=lambda b: b, draw=lambda rng, n: rng.integers(n), drain=True, take=True, check=True):
    def shuffle(items, buffer_size, rng):
        if check and buffer_size < 1:
            raise ValueError("buffer_size")
        b = size(buffer_size)
        buffer, out = [], []
        for item in items:
            buffer.append(item)
            if len(buffer) == b:
                i = draw(rng, len(buffer))
                out.append(buffer.pop(i) if take else buffer[i])
                if not take:
                    buffer.pop(0)
        while drain and buffer:
            out.append(buffer.pop(draw(rng, len(buffer))))
        return out

    return shuffle


def _window_swap(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    out = np.array(items, dtype=int)
    for i in range(len(out)):
        j = rng.integers(i, min(i + buffer_size, len(out)))
        out[[i, j]] = out[[j, i]]
    return out


def _blocks(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    return [x for i in range(0, len(items), buffer_size) for x in rng.permutation(items[i : i + buffer_size])]


def _whole(items, buffer_size, rng):
    return rng.permutation(items).tolist()


def _rest_in_order(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    buffer, out = list(items[:buffer_size]), []
    for item in items[buffer_size:]:
        place = rng.integers(len(buffer))
        out.append(buffer[place])
        buffer[place] = item
    return out + buffer


CASES = {
    "fill_none": Case(
        right=[_fill_loop, _fill_numpy, _fill_copy, lambda q, s: q.where(q.notna() | (s != 0), "none")],
        wrong={
            "every gap is none": lambda q, s: q.fillna("none"),
            "unknown size taken for 0": _fill(lambda q, s: q.isna() & ~(s > 0)),
            "gap as text": lambda q, s: q.mask(q.isna() & (s == 0), "none").astype(object).map(str),
            "another word for the rest": lambda q, s: q.mask(q.isna() & (s == 0), "none").fillna("unknown"),
            "either is enough": _fill(lambda q, s: q.isna() | (s == 0)),
            "labels taken for places": _fill_labels,
            "labels lost": _fill_without_labels,
            "the other way round": _fill(lambda q, s: q.isna() & (s > 0)),
            "overwrites what is known": _fill(lambda q, s: s == 0),
            "most frequent": lambda q, s: q.fillna(q.mode()[0]),
            "left as it is": lambda q, s: q,
            "not the word": lambda q, s: q.astype(object).mask(q.isna() & (s == 0), 0),
            "rows dropped": lambda q, s: q.dropna(),
            "fixed rows": _fill_fixed,
        },
    ),
    "impute_with_medians": Case(
        right=[_impute(_median), _impute_pandas, _impute_sklearn],
        wrong={
            "mean, not median": _impute(lambda old, new: np.nanmean(old, axis=0)),
            "medians of the new rows": _impute(lambda old, new: np.nanmedian(new, axis=0)),
            "medians of all rows": _impute(lambda old, new: np.nanmedian(np.vstack([old, new]), axis=0)),
            "one median for all": _impute(lambda old, new: np.nanmedian(old)),
            "zeros": lambda old, new: np.nan_to_num(new),
            "gaps counted as 0": _impute(lambda old, new: np.median(np.nan_to_num(old), axis=0)),
            "complete rows only": _impute(lambda old, new: np.median(old[~np.isnan(old).any(axis=1)], axis=0)),
            "new gap refused": _refuses_new_gaps,
            "median of the row": _impute(lambda old, new: np.nanmedian(new, axis=1, keepdims=True)),
            "gaps remain": _impute(lambda old, new: np.median(old, axis=0)),
            "wrong table": _impute(_median, where=lambda old, new: old),
            "empty table passes": _impute(_median, check=False),
            "all-missing column passes": _only_empty,
            "silent error": _mute,
        },
    ),
    "one_hot": Case(
        right=[_one_hot(), _eye, _numpy_hot],
        wrong={
            "stops at the unseen": _one_hot(lambda value, names: names.index(value)),
            "codes, not columns": lambda values, names: [names.index(v) if v in names else -1 for v in values],
            "transposed": lambda values, names: _one_hot()(values, names).T,
            "a column for the unseen": _one_hot(
                lambda value, names: 1 + names.index(value) if value in names else 0, lambda names: len(names) + 1
            ),
            "columns from the rows": _own_columns,
            "categories sorted": lambda values, names: _one_hot()(values, sorted(names)),
            "unseen becomes the last": _one_hot(lambda value, names: names.index(value) if value in names else -1),
            "unseen becomes the first": _one_hot(lambda value, names: names.index(value) if value in names else 0),
            "zeros and ones swapped": lambda values, names: 1 - _one_hot()(values, names),
            "unseen dropped": lambda values, names: _one_hot()([v for v in values if v in names], names),
            "stops at no rows": _hot_sklearn,
            "no rows": lambda values, names: np.array([[v == n for n in names] for v in values], dtype=float),
        },
    ),
    "k_fold": Case(
        right=[_fold(), _strided, _sklearn_fold, _lazy_fold],
        wrong={
            "swapped": _fold(pair=lambda a, b: (b, a)),
            "positions, not rows": lambda order, k: _fold()(np.arange(len(order)), k),
            "rows left out": _fold(_floor_parts),
            "leak": _fold(train=lambda order, test: order),
            "seen part incomplete": _fold(train=lambda order, test: order[~np.isin(order, test)][1:]),
            "uneven": _fold(_ceiling_parts),
            "sorted": lambda order, k: _fold()(np.sort(order), k),
            "held twice": _fold(lambda order, k: [order[:4], order[3:6], order[6:9], order[9:]]),
            "k out of range": _fold(check=False),
            "k = n refused": _refuses_n,
            "not k folds": lambda order, k: _fold()(order, 3),
            "not a list of pairs": lambda order, k: np.array_split(order, k),
        },
    ),
    "honest_score": Case(
        right=[_score(), _pipeline_score, _by_correlation],
        wrong={
            "the article's order": _score("all", "all"),
            "columns chosen from all rows": _score(select="all"),
            "scaled with all rows": _score(scale="all"),
            "test rows scaled by themselves": _score(own=True),
            "scored on the training rows": _score(on="train"),
            "columns chosen from the test rows": _score(select="test"),
            "not scaled": _score(scaling=False),
            "fixed number": _score(most=5),
            "sign counted": _score(size=np.positive),
            "least related": _score(size=lambda relation: -np.abs(relation)),
        },
    ),
    "out_of_fold_means": Case(
        right=[_means(), _pandas_means],
        wrong={
            "own price counted": _means("all"),
            "means of the own fold": _means("fold"),
            "only the own row left out": _means("others"),
            "absent group is 0": _means(default="zero"),
            "absent group is NaN": _means(default="nan"),
            "cut to whole numbers": _whole_means,
            "absent group sees all": _means(default="all"),
            "in the order of the folds": _means(ordered=False),
            "one mean a fold": _means("nobody"),
            "NaN labels pass": _means(check=False),
        },
    ),
    "buffered_shuffle": Case(
        right=[_buffer(), _window_swap],
        wrong={
            "not shuffled": _buffer(draw=lambda rng, n: 0),
            "ignores rng": _buffer(draw=lambda rng, n: np.random.randint(n)),
            "ignores the buffer": _whole,
            "buffer too large": _buffer(size=lambda b: b + 1),
            "own generator": lambda items, b, rng: _buffer()(items, b, np.random.default_rng(6)),
            "rest in order": _rest_in_order,
            "shuffled in blocks": _blocks,
            "buffer too small": _buffer(size=lambda b: max(1, b - 1)),
            "items lost": _buffer(drain=False),
            "items twice": _buffer(take=False),
            "uneven": _buffer(draw=lambda rng, n: rng.choice(n, p=np.eye(n)[0] * 0.9 + 0.1 / n)),
            "buffer of 0 passes": _buffer(check=False),
            "not a list": lambda items, buffer_size, rng: 3.0,
        },
    ),
}
