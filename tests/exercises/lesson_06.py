"""Right and wrong answers to the exercises of lesson 06."""

from __future__ import annotations

import itertools

import numpy as np

from tests.exercises import mutants
from tests.exercises.harness import Case

# fill_none


def _fill(where):
    return lambda quality, size: quality.mask(where(quality, size), "none")


def _fill_loop(quality, size):
    import pandas as pd

    return ["none" if pd.isna(q) and s == 0 else q for q, s in zip(quality.tolist(), size.tolist(), strict=True)]


def _labelled(fill):
    """Return `fill` with the labels of quality on what it returns."""

    def with_labels(quality, size):
        import pandas as pd

        return pd.Series(fill(quality, size), index=quality.index, dtype=object)

    return with_labels


def _fill_identical(quality, size):
    """Only what is the object NaN itself counts as missing."""
    words = ["none" if q is np.nan and s == 0 else q for q, s in zip(quality.astype(object), size, strict=True)]
    return _labelled(lambda q, s: words)(quality, size)


def _fill_unequal(quality, size):
    words = ["none" if isinstance(q, float) and s == 0 else q for q, s in zip(quality.tolist(), size, strict=True)]
    return _labelled(lambda q, s: words)(quality, size)


def _fill_by_label(quality, size):
    result = quality.astype(object)
    for label in quality.index:
        if quality.isna()[label] and size[label] == 0:
            result[label] = "none"
    return result


def _fill_first_of_label(quality, size):
    once = ~quality.index.duplicated()
    return _fill_loc(quality[once], size[once])


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


def _fill_loc(quality, size):
    result = quality.copy()
    result.loc[quality.isna() & size.eq(0)] = "none"
    return result


def _fill_places(quality, size):
    result = quality.astype(object).tolist()
    for place in range(len(quality)):
        if quality.isna().iloc[place] and size.iloc[place] == 0:
            result[place] = "none"
    return tuple(result)


def _fill_table(quality, size):
    import pandas as pd

    table = pd.DataFrame({"quality": quality, "size": size})
    return table.apply(lambda row: "none" if pd.isna(row["quality"]) and row["size"] == 0 else row["quality"], axis=1)


def _fill_combined(quality, size):
    import pandas as pd

    return quality.combine(size, lambda word, amount: "none" if pd.isna(word) and amount == 0 else word)


def _fill_items(quality, size):
    result = quality.copy()
    for label, word in quality.items():
        if word != word and size[label] == 0:
            result[label] = "none"
    return result


def _fill_categories(quality, size):
    words = quality.astype("category").cat.add_categories(["none"])
    return words.mask(quality.isna() & (size == 0), "none")


def _fill_none_object(quality, size):
    import pandas as pd

    words = [None if pd.isna(q) else q for q in quality.tolist()]
    return np.array(["none" if w is None and s == 0 else w for w, s in zip(words, size, strict=True)], dtype=object)


def _fill_nothing_returned(quality, size):
    quality.mask(quality.isna() & (size == 0), "none")


def _fill_known_only(quality, size):
    known = quality[quality.notna()]
    none = quality[quality.isna() & (size == 0)].astype(object).fillna("none")
    rest = quality[quality.isna() & ~(size == 0)]
    import pandas as pd

    return pd.concat([known.astype(object), none, rest.astype(object)])


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
    return SimpleImputer(strategy="median").fit(old).transform(new) if len(new) else new.copy()


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


def _impute_loops(old, new):
    old, new = old.tolist(), [list(row) for row in new.tolist()]
    if not old:
        raise ValueError("no training rows")
    for j in range(len(old[0])):
        known = sorted(row[j] for row in old if row[j] == row[j])
        if not known:
            raise ValueError(f"column {j} is empty")
        middle = len(known) // 2
        median = known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
        for row in new:
            if row[j] != row[j]:
                row[j] = median
    return new


def _impute_float32(old, new):
    return _impute(_median)(old, new).astype(np.float32)


def _impute_copy(old, new):
    if old.shape[0] < 1:
        raise ValueError("empty")
    filled = new.copy()
    for j in range(new.shape[1]):
        column = old[:, j]
        known = column[~np.isnan(column)]
        if known.size == 0:
            raise ValueError("nothing known")
        filled[np.isnan(new[:, j]), j] = np.median(known)
    return filled


def _impute_indices(old, new):
    if np.isnan(old).all(axis=0).any():
        raise ValueError("a column is empty")
    medians, filled = np.nanmedian(old, axis=0), np.array(new)
    rows, columns = np.where(np.isnan(new))
    filled[rows, columns] = np.take(medians, columns)
    return tuple(map(tuple, filled))


def _impute_masked(old, new):
    medians = np.ma.median(np.ma.masked_invalid(old), axis=0)
    if np.ma.getmaskarray(medians).any() or not len(old):
        raise ValueError("empty column")
    return np.where(np.isfinite(new), new, np.asarray(medians))


def _impute_tensor(old, new):
    import tensorflow as tf

    return tf.constant(_impute(_median)(old, new), tf.float32)


def _impute_row_by_row(old, new):
    if len(old) == 0 or any(np.isnan(column).all() for column in old.T):
        raise ValueError("empty")
    return [[m if np.isnan(x) else x for x, m in zip(row, np.nanmedian(old, axis=0), strict=True)] for row in new]


def _first_gap_only(old, new):
    _impute(_median)(old, new)
    filled = new.copy()
    for j in range(new.shape[1]):
        gaps = np.flatnonzero(np.isnan(new[:, j]))
        filled[gaps[:1], j] = np.nanmedian(old[:, j])
    return filled


def _only_first_column_checked(old, new):
    if not len(old) or np.isnan(old[:, 0]).all():
        raise ValueError("empty")
    return np.where(np.isnan(new), np.nan_to_num(np.nanmedian(old, axis=0)), new)


def _refuses_single_rows(old, new):
    if len(old) < 2:
        raise ValueError("too few training rows")
    return _impute(_median)(old, new)


def _refuses_thin_columns(old, new):
    if ((~np.isnan(old)).sum(axis=0) < 2).any():
        raise ValueError("too few known numbers")
    return _impute(_median)(old, new)


def _needs_new_rows(old, new):
    if len(new) == 0:
        raise ValueError("no new rows")
    return _impute(_median)(old, new)


def _unchecked_without_new_rows(old, new):
    return _impute(_median)(old, new) if len(new) else new.copy()


def _value_or_median(old, new):
    medians = _impute(_median)(old, np.full((1, old.shape[1]), np.nan))[0]
    rows = [[(x or m) if x == x else m for x, m in zip(row, medians, strict=True)] for row in new.tolist()]
    return np.array(rows).reshape(new.shape)


def _zeros_for_gaps(old, new):
    medians = _impute(_median)(old, np.full((1, old.shape[1]), np.nan))[0]
    filled = np.nan_to_num(new)
    return np.where(filled == 0, medians, filled)


def _refuses_any_gap(old, new):
    if np.isnan(old).any():
        raise ValueError("the training table has gaps")
    return _impute(_median)(old, new)


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


def _hot_pandas(values, categories):
    import pandas as pd

    return pd.get_dummies(pd.Categorical(values, categories=categories))


def _hot_keras(values, categories):
    import keras

    if not len(values):
        return np.zeros((0, len(categories)))
    lookup = keras.layers.StringLookup(vocabulary=categories, output_mode="one_hot")
    return lookup(np.array(values, dtype=str))[:, 1:]


def _hot_dict(values, categories):
    place = {name: i for i, name in enumerate(categories)}
    rows = np.zeros((len(values), len(categories)), dtype=np.int8)
    for i, value in enumerate(values):
        if value in place:
            rows[i, place[value]] = 1
    return rows


def _hot_columns(values, categories):
    columns = [[int(value == name) for value in values] for name in categories]
    return np.array(columns, dtype=int).T.reshape(len(values), len(categories))


def _hot_bools(values, categories):
    return np.array([[v == c for c in categories] for v in values]).reshape(len(values), len(categories))


def _hot_try(values, categories):
    rows = np.zeros((len(values), len(categories)), dtype=np.float32)
    for row, value in zip(rows, values, strict=True):
        try:
            row[categories.index(value)] = 1
        except ValueError:
            continue
    return rows


def _hot_frame(values, categories):
    import pandas as pd

    return pd.DataFrame({name: [float(value == name) for value in values] for name in categories})


def _hot_tensor(values, categories):
    import tensorflow as tf

    places = [categories.index(value) if value in categories else -1 for value in values]
    return tf.one_hot(tf.constant(places, dtype=tf.int32), len(categories))


def _hot_by_substring(values, categories):
    return _numpy_hot([next((n for n in categories if str(v) in n), v) for v in values], categories)


def _hot_by_start(values, categories):
    return _numpy_hot([next((n for n in categories if str(v).startswith(n)), v) for v in values], categories)


def _hot_stripped(values, categories):
    return _numpy_hot([v.strip() if isinstance(v, str) else v for v in values], categories)


def _hot_any_case(values, categories):
    lower = [name.lower() for name in categories]
    return _numpy_hot([v.lower() if isinstance(v, str) else v for v in values], lower)


def _hot_first_of_name(values, categories):
    rows = np.zeros((len(values), len(categories)))
    for j, name in enumerate(categories):
        if name in values:
            rows[values.index(name), j] = 1
    return rows


def _hot_three(values, categories):
    return _numpy_hot(values, categories) if values else np.zeros((0, 3))


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


def _fold_lists(order, k):
    if k < 2 or k > len(order):
        raise ValueError("k")
    rows, folds, start = order.tolist(), [], 0
    for i in range(k):
        stop = start + len(rows) // k + (i < len(rows) % k)
        folds.append([rows[:start] + rows[stop:], rows[start:stop]])
        start = stop
    return folds


def _fold_dealt(order, k):
    if not 2 <= k <= order.size:
        raise ValueError("k")
    of = np.arange(order.size) % k
    return tuple((order[of != i], order[of == i]) for i in range(k))


def _fold_sets(order, k):
    if k < 2 or k > len(order):
        raise ValueError("k")
    return [(np.setdiff1d(order, held), held) for held in np.array_split(order, k)]


def _fold_deleted(order, k):
    if k not in range(2, len(order) + 1):
        raise ValueError("k")
    bounds = np.linspace(0, len(order), k + 1).astype(int)
    return [(np.delete(order, np.arange(a, b)), order[a:b].astype(np.int32)) for a, b in itertools.pairwise(bounds)]


def _fold_tensors(order, k):
    import tensorflow as tf

    return [(tf.constant(seen), tf.constant(held)) for seen, held in _fold()(order, k)]


def _fold_series(order, k):
    import pandas as pd

    rows = pd.Series(order)
    return [(rows[~rows.isin(held)], rows[rows.isin(held)]) for _, held in _fold()(order, k)]


def _fold_reversed(order, k):
    return _fold()(order, k)[::-1]


def _folds_as(kind):
    return lambda order, k: [(kind(seen), kind(held)) for seen, held in _fold()(order, k)]


def _random_folds(order, k):
    if not 2 <= k <= len(order):
        raise ValueError("k")
    of = np.random.default_rng(0).integers(k, size=len(order))
    return [(order[of != i], order[of == i]) for i in range(k)]


def _drawn_anew(order, k):
    if not 2 <= k <= len(order):
        raise ValueError("k")
    folds = []
    for seed in range(k):
        rows = np.random.default_rng(seed).permutation(order)
        folds.append((rows[len(rows) // k :], rows[: len(rows) // k]))
    return folds


def _rest_to_the_last(order, k):
    if not 2 <= k <= len(order):
        raise ValueError("k")
    size, folds = len(order) // k, []
    for i in range(k):
        held = order[i * size : (i + 1) * size] if i < k - 1 else order[i * size :]
        folds.append((np.setdiff1d(order, held), held))
    return folds


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


def _split_first(X, y, train, test, n_keep):
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(X[train])
    seen, held = scaler.transform(X[train]), scaler.transform(X[test])
    keep = np.argsort(np.abs(seen.T @ (y[train] - y[train].mean())))[::-1][:n_keep]
    return float(Ridge(alpha=50.0).fit(seen[:, keep], y[train]).score(held[:, keep], y[test]))


def _float32_score(X, y, train, test, n_keep):
    return np.float32(_score()(X.astype(np.float32), y.astype(np.float32), train, test, n_keep))


def _pandas_score(X, y, train, test, n_keep):
    import pandas as pd
    from sklearn.linear_model import Ridge
    from sklearn.metrics import r2_score

    seen = pd.DataFrame(X).iloc[train]
    table = (pd.DataFrame(X) - seen.mean()) / seen.std()
    strength = table.iloc[train].corrwith(pd.Series(y[train], index=train)).abs()
    keep = strength.nlargest(n_keep).index
    model = Ridge(50.0).fit(table.loc[train, keep], y[train])
    return r2_score(y[test], model.predict(table.loc[test, keep]))


def _by_hand(X, y, train, test, n_keep):
    mean, deviation = X[train].mean(axis=0), X[train].std(axis=0)
    seen, held = (X[train] - mean) / deviation, (X[test] - mean) / deviation
    keep = np.argpartition(-np.abs(seen.T @ y[train]), n_keep - 1)[:n_keep]
    seen, held = seen[:, keep], held[:, keep]
    w = np.linalg.solve(seen.T @ seen + 50 * np.eye(n_keep), seen.T @ (y[train] - y[train].mean()))
    y_hat = held @ w + y[train].mean()
    return 1 - ((y[test] - y_hat) ** 2).sum() / ((y[test] - y[test].mean()) ** 2).sum()


def _tensor_score(X, y, train, test, n_keep):
    import tensorflow as tf

    return tf.constant(_score()(X, y, train, test, n_keep))


def _sorted_columns(X, y, train, test, n_keep):
    from sklearn.feature_selection import r_regression
    from sklearn.linear_model import Ridge

    strength = [(abs(r), j) for j, r in enumerate(r_regression(X[train], y[train]))]
    keep = sorted(j for _, j in sorted(strength, reverse=True)[:n_keep])
    Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
    return Ridge(50.0).fit(Z[np.ix_(train, keep)], y[train]).score(Z[np.ix_(test, keep)], y[test])


def _altered_score(change=lambda score: score, penalty=50.0, fit="train", against="test", intercept=True, rest=False):
    def score(X, y, train, test, n_keep):
        from sklearn.linear_model import Ridge

        seen = np.setdiff1d(np.arange(len(y)), test) if rest else train
        Z = (X - X[seen].mean(axis=0)) / X[seen].std(axis=0)
        keep = np.argsort(-np.abs(Z[seen].T @ (y[seen] - y[seen].mean())))[:n_keep]
        rows = {"train": seen, "test": test, "all": np.arange(len(y))}
        model = Ridge(penalty, fit_intercept=intercept).fit(Z[rows[fit]][:, keep], y[rows[fit]])
        y_hat = model.predict(Z[test][:, keep])
        mean = y[rows[against]].mean()
        return change(1 - np.sum((y[test] - y_hat) ** 2) / np.sum((y[test] - mean) ** 2))

    return score


def _best_of_two(X, y, train, test, n_keep):
    return max(_score()(X, y, train, test, n_keep), _score("all", "all")(X, y, train, test, n_keep))


def _chosen_by_covariance(X, y, train, test, n_keep):
    from sklearn.linear_model import Ridge

    keep = np.argsort(-np.abs((X[train] - X[train].mean(axis=0)).T @ (y[train] - y[train].mean())))[:n_keep]
    Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
    return Ridge(50.0).fit(Z[train][:, keep], y[train]).score(Z[test][:, keep], y[test])


def _squared_correlation(X, y, train, test, n_keep):
    from sklearn.linear_model import Ridge

    Z = (X - X[train].mean(axis=0)) / X[train].std(axis=0)
    keep = np.argsort(-np.abs(Z[train].T @ y[train]))[:n_keep]
    y_hat = Ridge(50.0).fit(Z[train][:, keep], y[train]).predict(Z[test][:, keep])
    return np.corrcoef(y[test], y_hat)[0, 1] ** 2


def _mean_squared_error(X, y, train, test, n_keep):
    return (1 - _score()(X, y, train, test, n_keep)) * np.var(y[test])


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


def _dictionary_means(groups, y, folds):
    if any(price != price for price in y):
        raise ValueError("NaN")
    result = [0.0] * len(y)
    for fold in folds:
        hidden, totals = set(fold.tolist()), {}
        for i, (group, price) in enumerate(zip(groups.tolist(), y.tolist(), strict=True)):
            if i not in hidden:
                total, count = totals.get(group, (0.0, 0))
                totals[group] = total + price, count + 1
        every = sum(t for t, _ in totals.values()) / sum(c for _, c in totals.values())
        for i in fold:
            total, count = totals.get(groups[i].item(), (every, 1))
            result[i] = total / count
    return result


def _matrix_means(groups, y, folds):
    if not np.all(y == y):
        raise ValueError("NaN")
    of = np.empty(len(y), dtype=int)
    for number, fold in enumerate(folds):
        of[fold] = number
    other = of[:, None] != of
    same = other & (groups[:, None] == groups)
    counts = same.sum(axis=1)
    means = np.einsum("ij,j->i", same, y) / np.maximum(counts, 1)
    return np.where(counts > 0, means, (other @ y) / other.sum(axis=1))


def _bincount_means(groups, y, folds):
    if np.isnan(np.min(y)):
        raise ValueError("NaN")
    codes, result = np.unique(groups, return_inverse=True)[1], np.empty(len(y), dtype=np.float32)
    for fold in folds:
        rest = np.delete(np.arange(len(y)), fold)
        counts = np.bincount(codes[rest], minlength=codes.max() + 1)
        sums = np.bincount(codes[rest], weights=y[rest], minlength=codes.max() + 1)
        means = np.where(counts, sums / np.maximum(counts, 1), y[rest].mean())
        result[fold] = means[codes[fold]]
    return result


def _concatenated_means(groups, y, folds):
    import pandas as pd

    if pd.isna(y).any():
        raise ValueError("NaN")
    table, parts = pd.DataFrame({"g": groups, "y": y}), []
    for fold in folds:
        rest = table[~table.index.isin(fold)]
        means = rest.groupby("g").y.mean()
        parts.append(table.g.iloc[fold].map(means).fillna(rest.y.mean()))
    return pd.concat(parts).sort_index()


def _row_by_row_means(groups, y, folds):
    import math

    if any(math.isnan(price) for price in y):
        raise ValueError("NaN")

    def mean(i):
        fold = next(fold for fold in folds if i in fold)
        rest = [j for j in range(len(y)) if j not in fold]
        same = [j for j in rest if groups[j] == groups[i]] or rest
        return sum(y[j] for j in same) / len(same)

    return tuple(mean(i) for i in range(len(y)))


def _tensor_means(groups, y, folds):
    import tensorflow as tf

    return tf.constant(_matrix_means(groups, y, folds), tf.float32)


def _altered_means(mean=np.mean, absent=None, check=lambda y: np.isnan(y).any()):
    def means(groups, y, folds):
        if check(y):
            raise ValueError("NaN")
        result = np.zeros(len(y))
        for fold in folds:
            rest = np.setdiff1d(np.arange(len(y)), fold)
            for i in fold:
                same = rest[groups[rest] == groups[i]]
                otherwise = y[rest].mean() if absent is None else absent(groups, y, rest, i)
                result[i] = mean(y[same]) if len(same) else otherwise
        return result

    return means


def _groups_means(groups, y, rest, i):
    return np.mean([y[rest][groups[rest] == group].mean() for group in np.unique(groups[rest])])


def _folds_means(groups, y, folds):
    if np.isnan(y).any():
        raise ValueError("NaN")
    result = np.zeros(len(y))
    for fold in folds:
        for i in fold:
            others = [y[f][groups[f] == groups[i]] for f in folds if f is not fold]
            means = [prices.mean() for prices in others if len(prices)]
            rest = np.setdiff1d(np.arange(len(y)), fold)
            result[i] = np.mean(means) if means else y[rest].mean()
    return result


def _means_or_rest(groups, y, folds):
    if np.isnan(y).any():
        raise ValueError("NaN")
    result = np.zeros(len(y))
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(y)), fold)
        means = {g: y[rest][groups[rest] == g].mean() for g in set(groups[rest].tolist())}
        for i in fold:
            result[i] = means.get(groups[i]) or y[rest].mean()
    return result


def _checked_at_the_end(groups, y, folds):
    import pandas as pd

    result = np.zeros(len(y))
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(y)), fold)
        means = pd.Series(y[rest]).groupby(groups[rest]).mean()
        result[fold] = pd.Series(groups[fold]).map(means).fillna(y[rest].mean())
    if np.isnan(result).any():
        raise ValueError("NaN")
    return result


def _next_fold_means(groups, y, folds):
    if np.isnan(y).any():
        raise ValueError("NaN")
    result = np.zeros(len(y))
    for fold, other in zip(folds, [*folds[1:], folds[0]], strict=True):
        for i in fold:
            same = other[groups[other] == groups[i]]
            result[i] = y[same].mean() if len(same) else y[other].mean()
    return result


def _shrunk_means(groups, y, folds):
    if np.isnan(y).any():
        raise ValueError("NaN")
    result = np.zeros(len(y))
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(y)), fold)
        for i in fold:
            same = rest[groups[rest] == groups[i]]
            result[i] = (y[same].sum() + y[rest].mean()) / (len(same) + 1)
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
    out = list(items)
    for i in range(len(out)):
        j = rng.integers(i, min(i + buffer_size, len(out)))
        out[i], out[j] = out[j], out[i]
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


def _buffer_slots(items, buffer_size, rng):
    if not buffer_size >= 1:
        raise ValueError("buffer_size")
    buffer, out = [], []
    for item in items:
        if len(buffer) < buffer_size:
            buffer.append(item)
            continue
        place = int(rng.random() * buffer_size)
        out.append(buffer[place])
        buffer[place] = item
    rng.shuffle(buffer)
    return out + buffer


def _buffer_iterator(items, buffer_size, rng):
    if buffer_size <= 0:
        raise ValueError("buffer_size")
    source = iter(items)
    buffer, out = list(itertools.islice(source, buffer_size)), []
    while buffer:
        place = rng.choice(len(buffer))
        buffer[place], buffer[-1] = buffer[-1], buffer[place]
        out.append(buffer.pop())
        buffer.extend(itertools.islice(source, 1))
    return tuple(out)


def _buffer_array(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    items = np.array(items)
    buffer, out = items[:buffer_size], []
    for step in range(len(items)):
        place = rng.integers(0, len(buffer))
        out.append(buffer[place])
        more = items[buffer_size + step : buffer_size + step + 1]
        buffer = np.concatenate([np.delete(buffer, place), more])
    return np.array(out)


def _buffer_remove(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    buffer, out, step = items[:buffer_size], [], buffer_size
    while buffer:
        item = buffer[rng.permutation(len(buffer))[0]]
        buffer.remove(item)
        out.append(item)
        if step < len(items):
            buffer.append(items[step])
            step += 1
    return out


def _buffer_deque(items, buffer_size, rng):
    from collections import deque

    if buffer_size < 1:
        raise ValueError("buffer_size")
    waiting, buffer, out = deque(items), [], []
    while waiting or buffer:
        while waiting and len(buffer) < buffer_size:
            buffer.insert(0, waiting.popleft())
        rng.shuffle(buffer)
        out.append(buffer.pop())
    return out


def _swap_back(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    out = list(items)
    for i in range(len(out)):
        j = rng.integers(max(0, i - buffer_size + 1), i + 1)
        out[i], out[j] = out[j], out[i]
    return out


def _buffer_series(items, buffer_size, rng):
    import pandas as pd

    return pd.Series(_buffer()(items, buffer_size, rng))


def _altered_buffer(draw=lambda rng, n: int(rng.integers(n)), slots=False, end=None, check=True):
    def shuffle(items, buffer_size, rng):
        if check and buffer_size < 1:
            raise ValueError("buffer_size")
        buffer, out = list(items[:buffer_size]), []
        for item in items[buffer_size:]:
            place = draw(rng, len(buffer))
            if slots:
                out.append(buffer[place])
                buffer[place] = item
            else:
                out.append(buffer.pop(place))
                buffer.append(item)
        if end is not None:
            return out + end(buffer, rng, len(items), buffer_size)
        while buffer:
            out.append(buffer.pop(draw(rng, len(buffer))))
        return out

    return shuffle


def _half_filled(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    buffer, out, waiting = [], [], list(items)
    while waiting or buffer:
        if len(buffer) <= buffer_size // 2:
            more = buffer_size - len(buffer)
            buffer, waiting = buffer + waiting[:more], waiting[more:]
        out.append(buffer.pop(rng.integers(len(buffer))))
    return out


def _jittered(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    keys = np.arange(len(items)) + rng.random(len(items)) * buffer_size
    return [items[i] for i in np.argsort(keys)]


def _one_place(items, buffer_size, rng):
    place = int(rng.integers(max(buffer_size, 1)))
    return _altered_buffer(lambda rng, n: min(place, n - 1))(items, buffer_size, rng)


def _every_second_draw(items, buffer_size, rng):
    drawn = []

    def draw(rng, n):
        if len(drawn) % 2 == 0:
            drawn.append(rng.random())
        else:
            drawn.append(drawn[-1])
        return int(drawn[-1] * n)

    return _altered_buffer(draw)(items, buffer_size, rng)


def _set_buffer(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    buffer, out, waiting = set(items[:buffer_size]), [], list(items[buffer_size:])
    while buffer:
        item = sorted(buffer)[rng.integers(len(buffer))]
        buffer.remove(item)
        out.append(item)
        if waiting:
            buffer.add(waiting.pop(0))
    return out


def _seeds_the_shared_one(items, buffer_size, rng):
    np.random.seed(int(rng.integers(1000)))
    return _altered_buffer(lambda rng, n: np.random.randint(n))(items, buffer_size, rng)


def _draws_items(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    buffer, waiting, out = list(items[:buffer_size]), list(items[buffer_size:]), []
    while buffer:
        place = rng.integers(len(buffer))
        out.append(np.array(buffer)[place])  # as rng.choice(buffer) would
        buffer.pop(place)
        buffer += waiting[:1]
        del waiting[:1]
    return out


def _first_block(items, buffer_size, rng):
    if buffer_size < 1:
        raise ValueError("buffer_size")
    return [*rng.permutation(items[:buffer_size]), *items[buffer_size:]]


FREE_INSIDE = "within a part the rows may stand in any order"
CENTRED = (
    "y is centred where the columns are chosen, and the model has an intercept: what is added to a column drops out"
)


def _nan_in_the_result(groups, y, folds):
    found = _means()(groups, np.nan_to_num(y, nan=0.0), folds)
    spoilt = np.zeros(len(y), bool)
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(y)), fold)
        for i in fold:
            same = rest[groups[rest] == groups[i]]
            spoilt[i] = np.isnan(y[same if len(same) else rest]).any()
    if spoilt.any():
        raise ValueError("NaN among the means")
    return found


def _smaller_buffer(cut):
    def shuffle(items, buffer_size, rng):
        return _buffer()(items, buffer_size if buffer_size < 1 else min(buffer_size, max(1, cut(len(items)))), rng)

    return shuffle


CASES = {
    "fill_none": Case(
        right=[
            _labelled(_fill_loop),
            _labelled(_fill_numpy),
            _fill_copy,
            lambda q, s: q.where(q.notna() | (s != 0), "none"),
            _fill_loc,
            _labelled(_fill_places),
            _fill_table,
            _fill_categories,
            _labelled(_fill_none_object),
            lambda q, s: q.fillna(s.map(lambda size: "none" if size == 0 else np.nan)),
            _fill_combined,
        ],
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
            "most frequent": lambda q, s: q.fillna(q.mode()[0]) if q.notna().any() else q,
            "left as it is": lambda q, s: q,
            "not the word": lambda q, s: q.astype(object).mask(q.isna() & (s == 0), 0),
            "rows dropped": lambda q, s: q.dropna(),
            "where for mask": lambda q, s: q.where(q.isna() & (s == 0), "none"),
            "only where the size is unknown": _fill(lambda q, s: q.isna() & s.isna()),
            "the commonest word for none": lambda q, s: q.mask(
                q.isna() & (s == 0), q.mode()[0] if q.notna().any() else np.nan
            ),
            "order lost": _fill_known_only,
            "not a Series": _fill_loop,
            "no return": _fill_nothing_returned,
        },
        others=[
            _fill_fixed,
            _fill_numpy,
            _fill_places,
            _fill_none_object,
            _fill_items,
            _fill_identical,
            _fill_unequal,
            _fill_by_label,
            _fill_first_of_label,
            lambda q, s: _fill_loc(q, s).str.strip(),
            lambda q, s: _fill_loc(q, s).tolist(),
            lambda q, s: _fill_loc(q, s).to_numpy(),
            _fill(lambda q, s: q.isna() & (s < 1)),
            _fill(lambda q, s: q.isna() & (s.fillna(-1) <= 0)),
            lambda q, s: _fill(lambda q, s: q.isna() & (s == 0))(q, s).head(7),
            lambda q, s: _fill(lambda q, s: q.isna() & (s == 0))(q, s).fillna(""),
            lambda q, s: _fill(lambda q, s: q.isna() & (s == 0))(q, s).str.lower(),
            lambda q, s: _fill(lambda q, s: q.isna() & (s == 0))(q, s).ffill(),
            lambda q, s: q.mask(q.isna() & (s == 0), "None"),
            lambda q, s: dict(enumerate(_fill_loop(q, s))),
            lambda q, s: set(_fill_loop(q, s)),
            lambda q, s: (word for word in _fill_loop(q, s)),
            lambda q, s: _fill_loc(q, s).to_frame(),
            lambda q, s: _fill_loc(q, s).sort_index(),
            lambda q, s: q.isna() & (s == 0),
        ],
        equivalent=dict.fromkeys(
            [*(f"result {name}" for name in mutants.RESULTS), *(f"argument {name}" for name in mutants.ARGUMENTS)],
            "a column of words holds no numbers to change: this is the worked answer itself",
        ),
    ),
    "impute_with_medians": Case(
        right=[
            _needs_new_rows,
            _impute(_median),
            _impute_pandas,
            _impute_sklearn,
            _impute_loops,
            _impute_float32,
            _impute_copy,
            _impute_indices,
            _impute_masked,
            _impute_tensor,
            _impute_row_by_row,
        ],
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
            "zeros overwritten": lambda old, new: _impute(_median)(old, np.where(new == 0, np.nan, new)),
            "zeros of training taken for gaps": _impute(
                lambda old, new: np.nanmedian(np.where(old == 0, np.nan, old), axis=0)
            ),
            "wrong table": _impute(_median, where=lambda old, new: old),
            "empty table passes": _impute(_median, check=False),
            "all-missing column passes": _only_empty,
            "silent error": _mute,
            "medians returned": _median,
            "everything replaced": lambda old, new: np.tile(_median(old, new), (len(new), 1)),
            "some gaps remain": _first_gap_only,
            "known number lost": lambda old, new: np.where(np.isnan(new), _median(old, new), np.nan),
            "lower middle": _impute(lambda old, new: np.nanpercentile(old, 50, axis=0, method="lower")),
            "upper middle": _impute(lambda old, new: np.nanpercentile(old, 50, axis=0, method="higher")),
        },
        others=[
            _unchecked_without_new_rows,
            _value_or_median,
            _zeros_for_gaps,
            _only_first_column_checked,
            _refuses_single_rows,
            _refuses_thin_columns,
            _refuses_any_gap,
            lambda old, new: _impute(_median)(np.nan_to_num(old) if len(old) else old, new),
            lambda old, new: np.sort(_impute(_median)(old, new), axis=0),
            lambda old, new: np.clip(_impute(_median)(old, new), 0, 100),
            lambda old, new: np.round(_impute(_median)(old, new)),
            lambda old, new: _impute(_median)(old[:5], new),
            lambda old, new: _impute(_median)(old, new).astype(int),
            lambda old, new: _impute(lambda o, n: np.sort(o, axis=0)[len(o) // 2])(old, new),
            lambda old, new: _impute(lambda o, n: np.nanmedian(o, axis=0)[0])(old, new),
            lambda old, new: _impute(_median)(old, new).T,
            lambda old, new: {"filled": _impute(_median)(old, new)},
        ],
        equivalent={
            "branch never taken: if len(X_train) == 0:": "isnan of no rows is True in all of them, so the second refusal holds too",
            "remembers the first: len(X_train)": "isnan of no rows is True in all of them, so the second refusal holds too",
            "constant -1: 0": "isnan of no rows is True in all of them, so the second refusal holds too",
        },
    ),
    "one_hot": Case(
        right=[
            _one_hot(),
            _eye,
            _numpy_hot,
            _hot_pandas,
            _hot_dict,
            _hot_columns,
            _hot_bools,
            _hot_try,
            _hot_frame,
            _hot_tensor,
        ],
        wrong={
            "0 and the empty word passed over": _one_hot(lambda v, names: names.index(v) if v and v in names else None),
            "compared as text": lambda v, k: _numpy_hot([str(x) for x in v], [str(x) for x in k]),
            "values made text": lambda v, k: _numpy_hot([str(x) for x in v], k),
            "stops at the unseen": _one_hot(lambda value, names: names.index(value)),
            "codes, not columns": lambda values, names: [names.index(v) if v in names else -1 for v in values],
            "transposed": lambda values, names: _one_hot()(values, names).T,
            "a column for the unseen": _one_hot(
                lambda value, names: 1 + names.index(value) if value in names else 0, lambda names: len(names) + 1
            ),
            "a column for the unseen, at the end": _one_hot(
                lambda value, names: names.index(value) if value in names else len(names), lambda names: len(names) + 1
            ),
            "columns from the rows": _own_columns,
            "columns from the rows, without the gap": lambda values, names: _numpy_hot(
                values, sorted({v for v in values if v == v})
            ),
            "columns in the order of the rows": lambda values, names: _numpy_hot(
                values, list(dict.fromkeys(v for v in values if v == v))
            ),
            "categories sorted": lambda values, names: _one_hot()(values, sorted(names)),
            "categories reversed": lambda values, names: _one_hot()(values, names)[:, ::-1],
            "unseen becomes the last": _one_hot(lambda value, names: names.index(value) if value in names else -1),
            "unseen becomes the first": _one_hot(lambda value, names: names.index(value) if value in names else 0),
            "unseen is a bit of each": lambda values, names: np.array(
                [[(v == n) if v in names else 1 / len(names) for n in names] for v in values], dtype=float
            ),
            "unseen is all of them": lambda values, names: np.array(
                [[v == n or v not in names for n in names] for v in values], dtype=float
            ),
            "zeros and ones swapped": lambda values, names: 1 - _one_hot()(values, names),
            "unseen dropped": lambda values, names: _one_hot()([v for v in values if v in names], names),
            "counted": lambda values, names: [[values.count(n) * (v == n) for n in names] for v in values],
            "first of its name only": _hot_first_of_name,
            "NaN for 0": lambda values, names: np.array(
                [[float(v == n) if v in names else np.nan for n in names] for v in values]
            ),
            "stops at no rows": _hot_sklearn,
            "no rows": lambda values, names: np.array([[v == n for n in names] for v in values], dtype=float),
        },
        others=[
            _hot_keras,
            lambda v, k: _numpy_hot(["unknown" if x != x else x for x in v], k),
            lambda v, k: _numpy_hot(["none" if x != x else x for x in v], k),
            lambda v, k: _numpy_hot(["" if x != x else x for x in v], k),
            lambda v, k: _numpy_hot(["nan" if x != x else x for x in v], k),
            lambda v, k: _numpy_hot(np.array(v).tolist(), k),
            lambda v, k: _numpy_hot([x if isinstance(x, str) else np.nan for x in v], k),
            lambda v, k: np.array([[hash(x) == hash(name) for name in k] for x in v if isinstance(x, str) or x == x]),
            _hot_by_substring,
            _hot_by_start,
            _hot_stripped,
            _hot_any_case,
            _hot_three,
            lambda values, names: _one_hot()(values[:6], names),
            lambda values, names: _one_hot()(values, names)[:, :5],
            lambda values, names: _one_hot()(values, names) * 2,
            lambda values, names: _one_hot()(values, names).astype(str),
            lambda values, names: np.where(_one_hot()(values, names) == 0, np.nan, 1.0),
            lambda values, names: _numpy_hot(values, names).tolist(),
            lambda values, names: np.sort(_one_hot()(values, names), axis=0),
            lambda values, names: {name: [value == name for value in values] for name in names},
            lambda values, names: _one_hot()(values, list(set(names) & set(values))),
        ],
        equivalent={
            "without dtype: np.array(rows, dtype=float)": "True and False are 1 and 0 to NumPy and to a model",
            "constant +1: 1": "NumPy takes any negative size for the one that it is to find",
        },
        styles={"lists": "a list of no rows has no columns: its shape is (0,)"},
    ),
    "k_fold": Case(
        right=[
            _fold(),
            _strided,
            _sklearn_fold,
            _fold_lists,
            _fold_dealt,
            _fold_sets,
            _fold_deleted,
            _fold_tensors,
            _fold_series,
            _fold_reversed,
            _folds_as(list),
            _folds_as(np.flip),
        ],
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
            "k = 2 refused": lambda order, k: _fold()(order, k if k > 2 or k == len(order) else 0),
            "not k folds": lambda order, k: _fold()(order, 3),
            "not a list of pairs": lambda order, k: np.array_split(order, k),
            "a generator": _lazy_fold,
            "not whole": _folds_as(lambda rows: rows + 0.5),
            "wrong type": _folds_as(lambda rows: [str(row) for row in rows]),
            "strangers": lambda order, k: [(seen, np.append(held, -1)) for seen, held in _fold()(order, k)],
        },
        others=[
            _random_folds,
            _drawn_anew,
            _rest_to_the_last,
            _folds_as(lambda rows: rows.astype(float)),
            _folds_as(set),
            _folds_as(lambda rows: rows + 5j),
            _folds_as(lambda rows: rows + 1),
            _folds_as(lambda rows: rows % 256),
            lambda order, k: _fold()(order, k if k <= len(order) else len(order)),
            lambda order, k: _fold(check=k < 2)(order, k) if k <= 11 else _fold()(order, k),
            lambda order, k: _fold(check=False)(order, k) if k == 1 else _fold()(order, k),
            lambda order, k: [_fold()(order, k)[0]] * k,
            lambda order, k: _fold()(order[: len(order) // k * k], k),
            lambda order, k: _fold(train=lambda order, held: order[: len(order) - len(held)])(order, k),
            lambda order, k: [seen for seen, _ in _fold()(order, k)],
            lambda order, k: [held for _, held in _fold()(order, k)],
            lambda order, k: [(seen, held, held) for seen, held in _fold()(order, k)],
        ],
        equivalent={
            "result sorted": FREE_INSIDE,
            "result sorted along the last axis": FREE_INSIDE,
            "result reversed": FREE_INSIDE,
            "constant -1: 2": "with k = 1 np.concatenate has nothing to join, and raises a ValueError of its own",
        },
    ),
    "honest_score": Case(
        right=[
            _score(),
            _pipeline_score,
            _by_correlation,
            _split_first,
            _float32_score,
            _pandas_score,
            _by_hand,
            _tensor_score,
            _sorted_columns,
            _altered_score(),
            lambda *a: [_score()(*a)][0],
        ],
        wrong={
            "the article's order": _score("all", "all"),
            "columns chosen from all rows": _score(select="all"),
            "scaled with all rows": _score(scale="all"),
            "test rows scaled by themselves": _score(own=True),
            "scored on the training rows": _score(on="train"),
            "scored on all rows": _score(on="all"),
            "columns chosen from the test rows": _score(select="test"),
            "not scaled": _score(scaling=False),
            "sign counted": _score(size=np.positive),
            "least related": _score(size=lambda relation: -np.abs(relation)),
            "fitted on all rows": _altered_score(fit="all"),
            "everything but the test rows": _altered_score(rest=True),
            "chosen before scaling": _chosen_by_covariance,
            "first columns": _score(size=lambda relation: -np.arange(len(relation))),
            "all columns": _score(most=10_000),
            "another penalty": _altered_score(penalty=1.0),
            "squared correlation": _squared_correlation,
            "never below 0": _altered_score(lambda score: max(0, score)),
            "error, not R2": _mean_squared_error,
        },
        others=[
            _score(most=5),
            _best_of_two,
            _altered_score(fit="test"),
            _altered_score(penalty=100.0),
            _altered_score(penalty=5.0),
            _altered_score(intercept=False),
            _altered_score(against="all"),
            _altered_score(against="train"),
            _altered_score(lambda score: round(score, 3)),
            _altered_score(lambda score: abs(score)),
            _altered_score(lambda score: 1 - score),
            _altered_score(lambda score: 100 * score),
            _altered_score(str),
            _score(scale="test"),
            lambda X, y, train, test, k: _score()(X, y, np.sort(train)[:24], test, k),
            lambda X, y, train, test, k: _score()(X[:, :60], y, train, test, k),
            lambda X, y, train, test, k: _score()(X, y, train, test, k + 1),
        ],
        equivalent={
            "Sub to Add: X - X[train].mean(axis=0)": CENTRED,
            "without axis: X[train].mean(axis=0)": CENTRED,
            "Sub to Add: y[train] - y[train].mean()": "the columns are centred, so what is added to y drops out of their product",
            "mean to sum: X[train].mean": CENTRED,
            "mean to sum: y[train].mean": "the columns are centred, so what is added to y drops out of their product",
        },
    ),
    "out_of_fold_means": Case(
        right=[
            _means(),
            _pandas_means,
            _dictionary_means,
            _matrix_means,
            _bincount_means,
            _concatenated_means,
            _row_by_row_means,
            _tensor_means,
            _altered_means(),
        ],
        wrong={
            "a mean of 0 passed over": _means_or_rest,
            "own price counted": _means("all"),
            "means of the own fold": _means("fold"),
            "only the own row left out": _means("others"),
            "absent group is 0": _means(default="zero"),
            "absent group is NaN": _means(default="nan"),
            "absent group keeps its price": _altered_means(absent=lambda g, y, rest, i: y[i]),
            "absent group by groups": _altered_means(absent=_groups_means),
            "mean of the folds' means": _folds_means,
            "median": _altered_means(np.median),
            "sum": _altered_means(np.sum),
            "cut to whole numbers": _whole_means,
            "absent group sees all": _means(default="all"),
            "in the order of the folds": _means(ordered=False),
            "one mean a fold": _means("nobody"),
            "NaN labels pass": _means(check=False),
        },
        others=[
            _nan_in_the_result,
            _checked_at_the_end,
            _altered_means(check=lambda y: np.isnan(y).all() or np.isnan(np.r_[y[0], y[3], y[-1]]).any()),
            _next_fold_means,
            _shrunk_means,
            _altered_means(absent=lambda g, y, rest, i: np.median(y[rest])),
            _altered_means(absent=lambda g, y, rest, i: y[rest].min()),
            _altered_means(lambda prices: np.round(np.mean(prices), 1)),
            _altered_means(lambda prices: abs(np.mean(prices))),
            _altered_means(lambda prices: np.mean(prices[:3])),
            _altered_means(lambda prices: np.exp(np.mean(np.log(np.abs(prices))))),
            _altered_means(check=lambda y: np.isnan(y[3])),
            _altered_means(check=lambda y: np.isnan(y).any() or (y < 0).any()),
            _altered_means(check=lambda y: np.isnan(y).any() or len(y) < 3),
            lambda g, y, f: _altered_means()(g, y, f).astype(int),
            lambda g, y, f: _altered_means()(g, y, f[:3]),
            lambda g, y, f: np.sort(_altered_means()(g, y, f)),
            lambda g, y, f: dict(enumerate(_altered_means()(g, y, f))),
            lambda g, y, f: [str(mean) for mean in _altered_means()(g, y, f)],
            lambda g, y, f: _altered_means()(np.array([str(name)[:1] for name in g]), y, f),
        ],
    ),
    "buffered_shuffle": Case(
        right=[
            _buffer(),
            _window_swap,
            _buffer_slots,
            _buffer_iterator,
            _buffer_remove,
            _buffer_deque,
            _swap_back,
            _buffer_series,
            _altered_buffer(),
            _altered_buffer(slots=True),
        ],
        wrong={
            "shared generator": _seeds_the_shared_one,
            "false items lost": lambda items, b, rng: [item for item in _buffer()(items, b, rng) if item],
            "items changed": _draws_items,
            "an end of the buffer never drawn": _altered_buffer(
                end=lambda rest, rng, n, size: [rest.pop(rng.integers(max(len(rest) - 1, 1))) for _ in list(rest)]
            ),
            "not shuffled": _buffer(draw=lambda rng, n: 0),
            "ignores rng": _buffer(draw=lambda rng, n: np.random.randint(n)),
            "ignores the buffer": _whole,
            "buffer too large": _buffer(size=lambda b: b + 1),
            "own generator": lambda items, b, rng: _buffer()(items, b, np.random.default_rng(6)),
            "rest in order": _rest_in_order,
            "shuffled in blocks": _blocks,
            "first block only": _first_block,
            "buffer too small": _buffer(size=lambda b: max(1, b - 1)),
            "items lost": _buffer(drain=False),
            "items twice": _buffer(take=False),
            "uneven": _buffer(draw=lambda rng, n: rng.choice(n, p=np.eye(n)[0] * 0.9 + 0.1 / n)),
            "draws depend": _every_second_draw,
            "uneven end": _altered_buffer(
                end=lambda rest, rng, n, size: list(rng.permutation(rest)) if n <= size else rest
            ),
            "buffer of 0 passes": _buffer(check=False),
            "not a list": lambda items, buffer_size, rng: 3.0,
            "a generator": lambda items, b, rng: (item for item in _buffer()(items, b, rng)),
            "not whole": lambda items, b, rng: [item + 0.5 for item in _buffer()(items, b, rng)],
            "wrong type": lambda items, b, rng: [str(item) for item in _buffer()(items, b, rng)],
            "strangers": lambda items, b, rng: [item + 1000 for item in _buffer()(items, b, rng)],
        },
        others=[
            _smaller_buffer(lambda n: n // 2),
            _smaller_buffer(lambda n: n - 1),
            _buffer_array,
            _altered_buffer(
                slots=True,
                end=lambda rest, rng, n, size: [rest.pop(rng.integers(max(len(rest) - 1, 1))) for _ in list(rest)],
            ),
            _altered_buffer(
                end=lambda rest, rng, n, size: [
                    rest.pop(rng.integers(min(1, len(rest) - 1), len(rest))) for _ in list(rest)
                ]
            ),
            _altered_buffer(lambda rng, n: round(rng.random() * (n - 1))),
            _altered_buffer(lambda rng, n: round(rng.random() * (n - 1)), slots=True),
            _altered_buffer(end=lambda rest, rng, n, size: rest[::-1]),
            _altered_buffer(slots=True, end=lambda rest, rng, n, size: rest[::-1]),
            _altered_buffer(end=lambda rest, rng, n, size: sorted(rest)),
            _altered_buffer(
                slots=True, end=lambda rest, rng, n, size: list(rng.permutation(rest)) if n < size else rest
            ),
            _altered_buffer(lambda rng, n: int(rng.integers(max(1, n - 1)))),
            _altered_buffer(lambda rng, n: int(rng.integers(max(1, n - 1))), slots=True),
            _altered_buffer(lambda rng, n: int(rng.integers(min(1, n - 1), n))),
            _altered_buffer(lambda rng, n: int(rng.random() ** 1.5 * n)),
            _altered_buffer(lambda rng, n: int(np.clip(rng.normal(n / 2, n / 4), 0, n - 1))),
            _half_filled,
            _jittered,
            _one_place,
            _set_buffer,
            lambda items, b, rng: set(_buffer()(items, b, rng)),
            lambda items, b, rng: [item + 5j for item in _buffer()(items, b, rng)],
            lambda items, b, rng: np.round(_buffer()(items, b, rng), 1),
            lambda items, b, rng: _buffer()(sorted(items), b, rng),
            lambda items, b, rng: _buffer(size=lambda b: 4)(items, b, rng),
            lambda items, b, rng: _buffer()(items, b, rng) if b != -1 else [],
            lambda items, b, rng: _buffer()(items, b if b > 1 else 0, rng),
            lambda items, b, rng: _buffer()(items, b if b <= len(items) else 0, rng),
        ],
    ),
}
