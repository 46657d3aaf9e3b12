"""Right and wrong answers to the exercises of lesson 07."""

from __future__ import annotations

import math

import numpy as np

from tests.exercises.harness import Case


def _refusing(result, error=ValueError, bad=lambda y, y_hat: min(y.min(), y_hat.min()) < 0):
    def measure(y, y_hat):
        if bad(y, y_hat):
            raise error("a price below 0")
        return result(y, y_hat)

    return measure


def _log1p(y, y_hat):
    return np.sqrt(np.mean((np.log1p(y) - np.log1p(y_hat)) ** 2))


def _expanded(y, z):
    a, b = np.log1p(y), np.log1p(z)
    return (float(np.mean(a**2)) + float(np.mean(b**2)) - 2 * float(np.mean(a * b))) ** 0.5


def _by_scikit_learn(y, y_hat):
    from sklearn import metrics

    return metrics.root_mean_squared_log_error(y, y_hat)


def _in_whole_numbers(y, y_hat):
    gap = np.empty_like(y)
    gap[:] = np.log1p(y_hat) - np.log1p(y)
    return np.sqrt(np.mean(np.square(gap, dtype=float)))


def _constants(mae=np.median, rmse=np.mean, rmsle=lambda y: np.expm1(np.log1p(y).mean()), strict=True):
    def best(y, measure):
        known = {"MAE": mae, "RMSE": rmse, "RMSLE": rmsle}
        if strict and measure not in known:
            raise ValueError(f"no such measure: {measure}")
        return known.get(measure, rmse)(y)

    return best


def _by_measure(y, measure):
    return np.median(y) if measure == "MAE" else (y.mean() if measure == "RMSE" else _constants()(y, measure))


def _in_float32(function):
    """Return `function` of its arrays in float32."""

    def small(*args):
        return function(*(a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in args))

    return small


def _in_tensorflow(function):
    """Return `function` of its arrays as float32 tensors, with TensorFlow as its second argument."""

    def tensors(*args):
        import tensorflow as tf

        return function(tf, *(tf.constant(a, tf.float32) if isinstance(a, np.ndarray) else a for a in args))

    return tensors


def _rmsle_in_a_loop(y, y_hat):
    total = 0.0
    for a, b in zip(y.tolist(), y_hat.tolist(), strict=True):
        if a < 0 or b < 0:
            raise ValueError(f"{a}, {b}")
        total += (math.log(1 + a) - math.log(1 + b)) ** 2
    return (total / len(y)) ** 0.5


def _rmsle_in_pandas(y, y_hat):
    import pandas as pd

    table = pd.DataFrame({"y": y, "y_hat": y_hat})
    if (table < 0).any(axis=None):
        raise ValueError("below 0")
    return np.log1p(table).diff(axis=1)["y_hat"].pow(2).mean() ** 0.5


def _loop_share(y, y_hat, tolerance):
    hits = sum(abs(b - a) <= tolerance * a for a, b in zip(y, y_hat, strict=True))
    return hits / len(y)


def _sorted_by_hand(y, measure):
    return sorted(y)[len(y) // 2] if measure == "MAE" else _constants()(y, measure)


def _root_mean_square(values):
    return np.sqrt(np.mean(np.square(values)))


def _loss_of(y, measure):
    scale = np.log1p if measure == "RMSLE" else np.asarray
    power = 1 if measure == "MAE" else 2
    return lambda c: np.mean(np.abs(scale(y) - scale(c)) ** power)


def _by_search(y, measure):
    from scipy import optimize

    if measure not in ("MAE", "RMSE", "RMSLE"):
        raise ValueError(measure)
    ends = y.min(), y.max() + 1e-9
    return optimize.minimize_scalar(_loss_of(y, measure), bounds=ends, options={"xatol": 1e-9 * ends[1]}).x


def _by_statistics(y, measure):
    import statistics

    values = y.tolist()
    if measure == "MAE":
        return statistics.median_high(values)
    if measure == "RMSE":
        return statistics.fmean(values)
    if measure == "RMSLE":
        return statistics.geometric_mean([1 + v for v in values]) - 1
    raise ValueError(f"{measure} is not known")


def _by_pandas(y, measure):
    import pandas as pd

    if measure not in {"MAE", "RMSE", "RMSLE"}:
        raise ValueError(measure)
    found = pd.Series(y)
    return {
        "MAE": found.quantile(0.5, interpolation="lower"),
        "RMSE": found.mean(),
        "RMSLE": np.expm1(np.log1p(found).mean()),
    }[measure]


def _refusing_below_zero(y, measure):
    if (y < 0).any():
        raise ValueError("a price below 0")
    return _constants()(y, measure)


def _one_of_the_prices(y, measure):
    return y[np.argmin([_loss_of(y, measure)(c) for c in y])]


def _the_loss_itself(y, measure):
    least = _loss_of(y, measure)(_constants()(y, measure))
    return least if measure == "MAE" else np.sqrt(least)


def _on_a_grid(y, measure):
    if measure not in ("MAE", "RMSE", "RMSLE"):
        raise ValueError(measure)
    grid = np.linspace(y.min(), y.max(), 1000)
    return grid[np.argmin([_loss_of(y, measure)(c) for c in grid])]


def _bad(y_train, y_test, y_hat):
    values = np.concatenate([y_train, y_test, y_hat])
    return not (y_train.size and y_test.size and np.isfinite(values).all() and np.any(y_test != y_train.mean()))


def _skill(base=np.mean, combine=lambda mse, b: 1 - mse / b, size=np.square, bad=_bad, error=ValueError):
    def skill(y_train, y_test, y_hat):
        if bad(y_train, y_test, y_hat):
            raise error("undefined")
        return combine(np.mean(size(y_test - y_hat)), np.mean(size(y_test - base(y_train))))

    return skill


def _by_sums(y_train, y_test, y_hat):
    below = np.sum((y_test - np.sum(y_train) / max(len(y_train), 1)) ** 2)
    above = np.sum((y_test - y_hat) ** 2)
    if len(y_train) == 0 or not 0 < below < np.inf or not np.isfinite(above):
        raise ValueError(f"undefined for sums {above} and {below}")
    return (below - above) / below


def _rounds(order, x=lambda X, o: X, y=lambda y, o: y[o], fresh=True, out=np.array):
    def scores(score, X, prices, n_times, rng):
        chosen, found = order(rng, len(prices)), []
        for _ in range(n_times):
            found.append(score(x(X, chosen), y(prices, chosen)))
            if fresh:
                chosen = order(rng, len(prices))
        return out(found)

    return scores


def _shuffle(rng, n):
    return rng.permutation(n)


def _shuffled_copy(score, X, y, n_times, rng):
    y, found = y.copy(), []
    for _ in range(n_times):
        rng.shuffle(y)
        found.append(score(X, y))
    return found


def _by_shuffled_rows(score, X, y, n_times, rng):
    rows = rng.permuted(np.tile(y, (n_times, 1)), axis=1)
    return tuple(score(X, row) for row in rows)


def _own_generator(score, X, y, n_times, rng):
    return _rounds(_shuffle)(score, X, y, n_times, np.random.default_rng(7))


def _no_generator(score, X, y, n_times, rng):
    return _rounds(_shuffle)(score, X, y, n_times, np.random.default_rng())


def _first_is_real(score, X, y, n_times, rng):
    return np.array([score(X, y), *_rounds(_shuffle)(score, X, y, n_times - 1, rng)])


def _gain_by_definition(predictions):
    y = np.linspace(-1, 3, predictions.shape[1])
    return np.mean((predictions - y) ** 2) - np.mean((predictions.mean(axis=0) - y) ** 2)


def _check(named=lambda found: found, error=ValueError, kinds=("missing", "words", "rows"), gaps=True, out=None):
    def validate(table, numbers, names):
        import pandas as pd

        wanted = [*numbers, *names]
        missing = [c for c in wanted if c not in table.columns]
        words = []
        for c in numbers:
            if c in table.columns:
                values = pd.to_numeric(table[c], errors="coerce")
                if (values.isna() & (table[c].notna() | (not gaps))).any():
                    words.append(c)
        found = (missing if "missing" in kinds else []) + (words if "words" in kinds else [])
        if found or ("rows" in kinds and len(table) == 0):
            raise error(f"problems with {named(found)}")
        return (out or (lambda t, w: t[w]))(table, wanted)

    return validate


def _strict(table, numbers, names):
    if set(table.columns) != {*numbers, *names}:
        raise ValueError(f"columns {list(table.columns)}")
    return _check()(table, numbers, names)


def _one_kind(table, numbers, names):
    _check(kinds=("missing", "rows"), out=lambda t, w: t)(table, numbers, names)
    return _check()(table, numbers, names)


def _refusing_gaps(columns=lambda numbers, names: names):
    def validate(table, numbers, names):
        there = [c for c in columns(numbers, names) if c in table.columns]
        if table[there].isna().any(axis=None):
            raise ValueError(f"gaps in {there}")
        return _check()(table, numbers, names)

    return validate


def _in_first_row(table, numbers, names):
    there = [c for c in numbers if c in table.columns]
    words = [c for c in there if len(table) and isinstance(table[c].iloc[0], str)]
    missing = [c for c in [*numbers, *names] if c not in table.columns]
    if words or missing or table.empty:
        raise ValueError(f"words in {words}, missing {missing}")
    return table[[*numbers, *names]]


def _value_by_value(table, numbers, names):
    def is_number(value):
        if isinstance(value, str):
            return False
        try:
            float(value)
        except (TypeError, ValueError):
            return bool(value is None)
        return True

    found = [c for c in [*numbers, *names] if c not in table]
    found += [c for c in numbers if c in table and not all(map(is_number, table[c]))]
    if len(table) == 0:
        found.append("no rows")
    if found:
        raise ValueError(f"trouble: {found}")
    return table[numbers + names]


def _rows_first(table, numbers, names):
    if table.empty:
        raise ValueError("no rows")
    return _check()(table, numbers, names)


def _upper(table, wanted):
    return table[wanted].assign(**{c: table[c].str.upper() for c in wanted if c == "street"})


def _lets_missing_pass(table, numbers, names):
    there = [[c for c in kind if c in table.columns] for kind in (numbers, names)]
    return _check()(table, *there)


def _share_in_pandas(y, y_hat, tolerance):
    import pandas as pd

    table = pd.DataFrame({"y": y, "y_hat": y_hat})
    return ((table.y_hat - table.y).abs() <= tolerance * table.y).mean()


def _by_prefix(y, measure):
    for known in ("MAE", "RMSE", "RMSLE"):
        if measure and (measure == known or (known.startswith(measure) and measure == "RMS")):
            return _constants()(y, known)
    raise ValueError(measure)


def _by_key(y, measure):
    known = {"MAE": np.median(y), "RMSE": np.mean(y), "RMSLE": np.expm1(np.log1p(y).mean())}
    return known[measure]


def _skill_by_scikit_learn(y_train, y_test, y_hat):
    from sklearn import metrics

    if 0 in (len(y_train), len(y_test), len(y_hat)):
        raise ValueError("no prices")
    constant = np.full(len(y_test), np.mean(y_train))
    baseline = metrics.mean_squared_error(y_test, constant)  # it refuses NaN by itself
    if not baseline > 0:
        raise ValueError("the mean is perfect")
    return 1 - metrics.mean_squared_error(y_test, y_hat) / baseline


def _skill_in_a_loop(y_train, y_test, y_hat):
    values = [*y_train, *y_test, *y_hat]
    if not len(y_train) or not len(y_test) or any(v != v for v in values):
        raise ValueError("nothing, or NaN")
    mean = sum(y_train) / len(y_train)
    ours = sum((b - a) ** 2 for a, b in zip(y_test, y_hat, strict=True))
    theirs = sum((mean - a) ** 2 for a in y_test)
    try:
        return 1 - float(ours) / float(theirs)
    except ZeroDivisionError:
        raise ValueError("undefined") from None


def _skill_in_pandas(y_train, y_test, y_hat):
    import pandas as pd

    known, table = pd.Series(y_train), pd.DataFrame({"y": y_test, "y_hat": y_hat})
    if known.empty or table.empty or known.hasnans or table.isna().any(axis=None) or (table.y == known.mean()).all():
        raise ValueError("undefined")
    return 1 - ((table.y - table.y_hat) ** 2).mean() / ((table.y - known.mean()) ** 2).mean()


def _skill_in_tensorflow(y_train, y_test, y_hat):
    import tensorflow as tf

    a, y, z = (tf.constant(values, tf.float32) for values in (y_train, y_test, y_hat))
    value = 1 - tf.reduce_mean((y - z) ** 2) / tf.reduce_mean((y - tf.reduce_mean(a)) ** 2)
    if not np.isfinite(value):
        raise ValueError(f"undefined: {value}")
    return value


def _fisher_yates(score, X, y, n_times, rng):
    scores = []
    for _ in range(n_times):
        prices = list(y)
        for i in range(len(prices) - 1, 0, -1):
            j = rng.integers(0, i + 1)
            prices[i], prices[j] = prices[j], prices[i]
        scores.append(score(X, np.array(prices)))
    return np.array(scores)


def _in_pandas(score, X, y, n_times, rng):
    import pandas as pd

    prices = pd.Series(y)
    return pd.Series([score(X, prices.sample(frac=1, random_state=rng).to_numpy()) for _ in range(n_times)])


def _real_score_first(score, X, y, n_times, rng):
    score(X, y)
    return _rounds(_shuffle)(score, X, y, n_times, rng)


def _all_orders_first(score, X, y, n_times, rng):
    orders = [rng.permutation(len(y)) for _ in range(n_times)]
    return np.array([score(X, y[order]) for order in orders])


def _one_round_after_the_other(score, X, y, n_times, rng):
    if n_times == 0:
        return []
    return [score(X, rng.permutation(y)), *_one_round_after_the_other(score, X, y, n_times - 1, rng)]


def _in_place(score, X, y, n_times, rng):
    scores = []
    for _ in range(n_times):
        rng.shuffle(y)
        scores.append(score(X, y))
    return scores


def _naive_swaps(rng, n):
    order = np.arange(n)
    for i in range(n):
        j = rng.integers(n)
        order[i], order[j] = order[j], order[i]
    return order


def _two_swapped(rng, n):
    order, (i, j) = np.arange(n), rng.choice(n, 2, replace=False)
    order[i], order[j] = j, i
    return order


def _one_pair_of_neighbours_swapped(rng, n):
    order, i = np.arange(n), rng.integers(n - 1)
    order[i : i + 2] = i + 1, i
    return order


def _neighbours_swapped(rng, n):
    order = np.arange(n)
    for i in range(n - 1):
        if rng.random() < 0.5:
            order[i], order[i + 1] = order[i + 1], order[i]
    return order


def _half_shuffled(rng, n):
    order = rng.permutation(n)
    if n > 20:
        half = np.sort(order[n // 2 :])
        order = np.arange(n)
        order[half] = rng.permutation(half)
    return order


def _blocks_of_four(rng, n):
    return np.concatenate([i + rng.permutation(min(4, n - i)) for i in range(0, n, 4)])


def _derangement(rng, n):
    order = rng.permutation(n)
    while np.any(order == np.arange(n)):
        order = rng.permutation(n)
    return order


def _reverse_every_second(score, X, y, n_times, rng):
    scores, order = [], np.arange(len(y))
    for k in range(n_times):
        order = rng.permutation(len(y)) if k % 2 == 0 else order[::-1]
        scores.append(score(X, y[order]))
    return scores


def _turned_each_round(score, X, y, n_times, rng):
    order = rng.permutation(len(y))
    return [score(X, y[np.roll(order, k)]) for k in range(n_times)]


def _with_replacement_sometimes(score, X, y, n_times, rng):
    return [score(X, rng.choice(y, len(y), replace=k % 50 == 49)) for k in range(n_times)]


def _global_seed(score, X, y, n_times, rng):
    np.random.seed(7)
    return [score(X, np.random.permutation(y)) for _ in range(n_times)]


def _five_rounds(score, X, y, n_times, rng):
    return _rounds(_shuffle)(score, X, y, 5, rng)


def _gain_in_a_loop(predictions):
    total = 0.0
    for house in predictions.T.tolist():
        mean = sum(house) / len(house)
        total += sum((f - mean) ** 2 for f in house) / len(house)
    return total / predictions.shape[1]


def _gain_in_pandas(predictions):
    import pandas as pd

    return pd.DataFrame(predictions).var(axis=0, ddof=0).mean()


def _problems(table, numbers, names):
    """Return the columns that are missing, and those of numbers that hold words."""
    import pandas as pd

    missing = [c for c in [*numbers, *names] if c not in table]
    there = [c for c in numbers if c in table]
    words = [c for c in there if (pd.to_numeric(table[c], errors="coerce").isna() & table[c].notna()).any()]
    return missing, words


def _one_line_a_problem(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    lines = [f"column {c}: missing" for c in missing] + [f"column {c}: not a number" for c in words]
    lines += ["no rows"] * (table.shape[0] < 1)
    if lines:
        raise ValueError("\n".join(lines))
    return table.filter(items=numbers + names)


def _by_types(table, numbers, names):
    from numbers import Number

    bad = {}
    for c in numbers + names:
        if c not in table.columns:
            bad[c] = "missing"
        elif c in numbers and not all(isinstance(v, Number) for v in table[c].tolist()):
            bad[c] = "holds text"
    if bad or not len(table):
        raise ValueError(f"bad columns: {bad}" if bad else "empty")
    return table[numbers + names]


def _with_the_columns_received(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    if missing or words or table.empty:
        raise ValueError(f"missing {missing}, words in {words}, rows {len(table)}; received {list(table.columns)}")
    return table[[*numbers, *names]]


def _with_all_numbers_in_words(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    text = f"{numbers} must be numbers, found words in {words}. " if words else ""
    text += f"These are missing: {missing}. " if missing else ""
    text += "No rows." if not len(table) else ""
    if text:
        raise ValueError(text)
    return table[numbers + names]


def _by_trying(table, numbers, names):
    import pandas as pd

    problems = [f"no {c!r}" for c in numbers + names if c not in table]
    for c in numbers:
        try:
            pd.to_numeric(table.get(c, pd.Series(dtype=float)))
        except (ValueError, TypeError) as error:
            problems.append(f"{c!r}: {error}")
    if table.index.empty:
        problems.append("no rows")
    if problems:
        raise ValueError(*problems)
    return table[numbers + names]


def _with_a_note(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    if missing or words or len(table) == 0:
        error = ValueError("the table cannot be used")
        error.add_note(f"missing: {missing}; not numbers: {words}")
        raise error
    return table[numbers + names]


def _by_dtype(table, numbers, names):
    from pandas.api.types import is_numeric_dtype

    missing = [c for c in numbers + names if c not in table]
    words = [c for c in numbers if c in table and not is_numeric_dtype(table[c])]
    if missing or words or not len(table):
        raise ValueError(f"missing {missing}, words {words}")
    return table[numbers + names]


def _names_all(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    if missing or words or not len(table):
        raise ValueError(f"the table needs {numbers} and {names}, numbers in the first and at least a row")
    return table[numbers + names]


def _dumps_the_table(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    if missing or words or not len(table):
        raise ValueError(f"{numbers} and {names} in {table.to_string()}?")
    return table[numbers + names]


def _letters_only(table, numbers, names):
    missing = [c for c in numbers + names if c not in table]
    words = [c for c in numbers if c in table and any(str(v).isalpha() and v == v for v in table[c])]
    if missing or words or not len(table):
        raise ValueError(f"missing {missing}, words {words}")
    return table[numbers + names]


def _one_kind_the_other_way(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    if words:
        raise ValueError(f"words in {words}")
    if missing or table.empty:
        raise ValueError(f"missing {missing}")
    return table[numbers + names]


def _by_position(table, numbers, names):
    missing, words = _problems(table, numbers, [])
    missing += [c for c in names if c not in table]
    if missing or words or not len(table):
        raise ValueError(f"missing {missing}, words {words}")
    for c in numbers:
        for i in range(len(table)):
            float(table[c].loc[i])
    return table[numbers + names]


def _refusing_values(bad):
    def validate(table, numbers, names):
        found = _check()(table, numbers, names)
        if any(bad(v) for c in numbers for v in table[c].dropna()):
            raise ValueError("a number that cannot be")
        return found

    return validate


def _refusing_tables(bad):
    def validate(table, numbers, names):
        found = _check()(table, numbers, names)
        if bad(table):
            raise ValueError("a table that cannot be")
        return found

    return validate


def _refusing_text_alone(table, numbers, names):
    missing = [c for c in numbers + names if c not in table]
    words = [c for c in numbers if c in table and any(isinstance(v, str) for v in table[c])]
    if missing or words or not len(table):
        raise ValueError(f"missing {missing}, words {words}")
    return table[numbers + names]


def _blames_names(table, numbers, names):
    missing, words = _problems(table, numbers, names)
    if missing or words or not len(table):
        raise ValueError(f"missing {missing}, no numbers {[*words, *names] if words else []}")
    return table[numbers + names]


def _gaps_in_words(word):
    """Return an answer for which `word` is a gap."""

    def validate(table, numbers, names):
        _check()(table.mask(table.map(lambda v: isinstance(v, str) and v == word)), numbers, names)
        return table[numbers + names]

    return validate


UNTOUCHED = [
    "argument sorted",
    "argument absolute",
    "argument rounded",
    "argument kept in [-10, 10]",
    "argument kept below 256",
    "argument cut to six",
]


def _never_above_one(y, y_hat):
    if min(np.min(y), np.min(y_hat)) < 0:
        raise ValueError("a price below 0")
    return min(1.0, np.sqrt(np.mean((np.log1p(y_hat) - np.log1p(y)) ** 2)))


def _silent_without_rows(table, numbers, names):
    try:
        return _check()(table, numbers, names)
    except ValueError:
        if len(table) == 0 and {*numbers, *names} <= set(table.columns):
            raise ValueError from None
        raise


def _blames_columns_without_rows(table, numbers, names):
    import pandas as pd

    there = [c for c in numbers if c in table]
    blamed = [c for c in there if len(table) == 0 and not pd.api.types.is_numeric_dtype(table[c])]
    if blamed:
        raise ValueError(f"no rows, and text in {blamed}; missing {[c for c in [*numbers, *names] if c not in table]}")
    return _check()(table, numbers, names)


def _best_of_three(score, X, y, n_times, rng):
    return [max(score(X, rng.permutation(y)) for _ in range(3)) for _ in range(n_times)]


CASES = {
    "rmsle": Case(
        right=[
            _refusing(_by_scikit_learn),
            _refusing(lambda y, z: np.linalg.norm(np.log((1 + y) / (1 + z))) / len(y) ** 0.5),
            _rmsle_in_a_loop,
            _rmsle_in_pandas,
            _in_float32(_refusing(_log1p)),
            _refusing(
                _in_tensorflow(lambda tf, y, z: tf.sqrt(tf.reduce_mean((tf.math.log1p(z) - tf.math.log1p(y)) ** 2)))
            ),
            _refusing(lambda y, z: np.array(_log1p(y, z))),
            _refusing(
                lambda y, z: np.sqrt(np.einsum("i,i", np.log1p(y) - np.log1p(z), np.log1p(y) - np.log1p(z)) / y.size)
            ),
            _refusing(
                lambda y, z: float(
                    np.sqrt(np.var(np.log1p(z / 1) - np.log1p(y)) + np.mean(np.log1p(z) - np.log1p(y)) ** 2)
                )
            ),
            _refusing(_log1p, UnicodeError),
        ],
        wrong={
            "logarithm without the 1": lambda y, z: np.sqrt(np.mean(np.log(y / z) ** 2)),
            "root missing": lambda y, z: _log1p(y, z) ** 2,
            "in dollars": lambda y, z: np.sqrt(np.mean((y - z) ** 2)),
            "logarithm of the error": lambda y, z: np.log1p(np.sqrt(np.mean((y - z) ** 2))),
            "logarithm of the difference": lambda y, z: np.sqrt(np.mean(np.log1p(np.abs(y - z)) ** 2)),
            "absolute, not squared": lambda y, z: np.mean(np.abs(np.log1p(y) - np.log1p(z))),
            "gaps cancel": lambda y, z: np.sqrt(np.mean(np.log1p(y) - np.log1p(z)) ** 2),
            "sum, not mean": lambda y, z: _log1p(y, z) * np.sqrt(len(y)),
            "root over n": lambda y, z: np.linalg.norm(np.log1p(y) - np.log1p(z)) / len(y),
            "divides by n - 1": lambda y, z: np.sqrt(np.sum((np.log1p(y) - np.log1p(z)) ** 2) / (len(y) - 1)),
            "base 10": lambda y, z: np.sqrt(np.mean(np.log10((1 + y) / (1 + z)) ** 2)),
            "brought back": lambda y, z: np.exp(_log1p(y, z)) - 1,
            "raises": _refusing(_log1p, bad=lambda y, z: min(y.min(), z.min()) <= 0),
            "negative prices pass": lambda y, z: _log1p(np.maximum(y, 0), np.maximum(z, 0)),
            "negative y passes": _refusing(_log1p, bad=lambda y, z: z.min() < 0),
            "just below 0 passes": _by_scikit_learn,
            "both below 0 pass": _refusing(_log1p, bad=lambda y, z: (y.min() < 0) != (z.min() < 0)),
            "wrong kind of error": _refusing(_log1p, AssertionError),
        },
        others=[
            _never_above_one,
            _refusing(_expanded),
            _refusing(_in_whole_numbers),
            _refusing(_log1p, bad=lambda y, z: (y < 0).all() or (z < 0).all()),
            _refusing(_log1p, bad=lambda y, z: y[0] < 0 or z[0] < 0),
            _refusing(_log1p, bad=lambda y, z: y.mean() < 0 or z.mean() < 0),
            _refusing(_log1p, bad=lambda y, z: y.astype(int).min() < 0 or z.astype(int).min() < 0),
            _refusing(_log1p, bad=lambda y, z: y.min() < 0),
            _refusing(_log1p, bad=lambda y, z: not np.isfinite(_log1p(y, z))),
            _refusing(_log1p, bad=lambda y, z: y.min() < 0 or z.min() < 0 or 0 in z),
            _refusing(lambda y, z: round(_log1p(y, z), 3)),
            _refusing(lambda y, z: _log1p(np.sort(y), np.sort(z))),
            _refusing(lambda y, z: _log1p(y, z) * np.sqrt(len(y)) / 2),
            _refusing(lambda y, z: _log1p(y[:100], z[:100])),
            _refusing(lambda y, z: np.std(np.log1p(y) - np.log1p(z))),
            _refusing(lambda y, z: np.sqrt(np.mean(np.log2((1 + y) / (1 + z)) ** 2))),
            _refusing(lambda y, z: np.sqrt(np.median((np.log1p(y) - np.log1p(z)) ** 2))),
            _refusing(lambda y, z: _log1p(np.clip(y, 0.2, 1e6), np.clip(z, 0.2, 1e6))),
            _refusing(lambda y, z: np.abs(np.log1p(y) - np.log1p(z))),
        ],
    ),
    "best_constant": Case(
        right=[
            _by_measure,
            _sorted_by_hand,
            _constants(rmsle=lambda y: np.exp(np.log(1 + y).sum() / len(y)) - 1),
            _by_statistics,
            _by_pandas,
            _by_search,
            _refusing_below_zero,
            _in_float32(_constants()),
            _constants(lambda y: np.percentile(y, 50), lambda y: sum(y) / len(y)),
            _constants(mae=lambda y: np.sort(y)[(len(y) - 1) // 2]),
            _constants(mae=lambda y: np.quantile(y, 0.5, method="midpoint"), rmse=lambda y: np.array(np.mean(y))),
        ],
        wrong={
            "blanks pass": lambda y, m: _constants()(y, m.strip()),
            "product too large": _constants(rmsle=lambda y: np.prod(1 + y) ** (1 / len(y)) - 1),
            "mean and median swapped": _constants(mae=np.mean, rmse=np.median),
            "the mean for all": _constants(np.mean, np.mean, np.mean),
            "the median for all": _constants(np.median, np.median, np.median),
            "the mean for MAE": _constants(mae=np.mean),
            "the median for RMSE": _constants(rmse=np.median),
            "the middle without sorting": _constants(mae=lambda y: y[len(y) // 2]),
            "halfway between the ends": _constants(mae=lambda y: (y.min() + y.max()) / 2),
            "root mean square": _constants(rmse=lambda y: np.sqrt(np.mean(y**2))),
            "logarithm after the mean": _constants(rmsle=lambda y: np.expm1(np.log1p(y.mean()))),
            "still a logarithm": _constants(rmsle=lambda y: np.log1p(y).mean()),
            "logarithm without the 1": _constants(rmsle=lambda y: np.exp(np.log(y).mean())),
            "the 1 not taken back": _constants(rmsle=lambda y: np.exp(np.log1p(y).mean())),
            "the 1 only taken back": _constants(rmsle=lambda y: np.exp(np.log(y).mean()) - 1),
            "the median for RMSLE": _constants(rmsle=np.median),
            "one of the prices": _one_of_the_prices,
            "the error itself": _the_loss_itself,
            "MAE of an even number": _constants(mae=lambda y: np.median(y) if len(y) % 2 else y.mean()),
            "unknown measure": _constants(strict=False),
            "small letters pass": lambda y, m: _constants()(y, m.upper()),
            "a part of a name passes": _by_prefix,
            "more than a name passes": lambda y, m: _constants()(y, m[:5] if m[:5] == "RMSLE" else m),
            "wrong kind of error": _by_key,
        },
        others=[
            _on_a_grid,
            _constants(mae=lambda y: np.round(np.median(y))),
            _constants(mae=lambda y: np.sort(y)[len(y) // 2 - 1]),
            _constants(mae=lambda y: np.sort(y)[min(len(y) - 1, len(y) // 2 + 1)]),
            _constants(mae=lambda y: np.sort(y)[2] if len(y) > 2 else np.median(y)),
            _constants(mae=lambda y: np.median(np.unique(y))),
            _constants(rmse=lambda y: np.mean(np.unique(y))),
            _constants(rmse=lambda y: y.sum() / 5),
            _constants(rmsle=lambda y: np.exp(np.log1p(y).mean() - 1)),
            _constants(rmsle=lambda y: np.expm1(np.median(np.log1p(y)) + 1e-3)),
            _constants(rmsle=lambda y: 1 / np.mean(1 / (1 + y)) - 1),
            _constants(rmsle=lambda y: np.expm1(np.sqrt(np.mean(np.log1p(y) ** 2)))),
            _constants(mae=lambda y: np.bincount(y.astype(int) % 1000).argmax()),
            lambda y, m: _constants()(y, m.strip("X")),
            lambda y, m: _constants()(y, m.rstrip("X")),
            lambda y, m: _constants()(y, m.lstrip("X")),
            lambda y, m: _constants()(y, "RMSE" if m.startswith("RMSE") else m),
            lambda y, m: _constants()(y, m or "MAE"),
            lambda y, m: str(_constants()(y, m)),
            lambda y, m: {k: _constants()(y, k) for k in ("MAE", "RMSE", "RMSLE")},
        ],
        equivalent={"argument sorted": "none of the three constants depends on the order of y"},
    ),
    "share_within": Case(
        right=[
            _loop_share,
            lambda y, z, t: np.mean(np.abs(z / y - 1) <= t + 1e-12),
            lambda y, z, t: np.mean((z >= y * (1 - t)) & (z <= y * (1 + t))),
            lambda y, z, t: np.count_nonzero(np.abs(z - y) / y <= t) / y.size,
            lambda y, z, t: np.isclose(z, y, rtol=t, atol=0).mean(),
            lambda y, z, t: 1 - np.mean(np.abs(y - z) > t * y),
            _in_float32(lambda y, z, t: np.mean(np.abs(y - z) <= np.float32(t) * y, dtype=np.float32)),
            _in_tensorflow(lambda tf, y, z, t: tf.reduce_mean(tf.cast(tf.abs(y - z) <= t * y, tf.float32))),
            lambda y, z, t: np.array(sum(1 for a, b in zip(y, z, strict=True) if abs(b / a - 1) <= t) / len(y)),
            _share_in_pandas,
        ],
        wrong={
            "accuracy": lambda y, z, t: np.mean(y == z),
            "relative to the prediction": lambda y, z, t: np.mean(np.isclose(y, z, rtol=t, atol=0) & (z > 0)),
            "relative to the larger": lambda y, z, t: np.mean(
                [
                    math.isclose(a, b, rel_tol=t) if t < 1 else abs(a - b) <= t * max(a, b)
                    for a, b in zip(y, z, strict=True)
                ]
            ),
            "relative to the mean of the two": lambda y, z, t: np.mean(np.abs(z - y) <= t * np.mean([y, z], axis=0)),
            "one tolerance for all": lambda y, z, t: np.mean(np.abs(z - y) <= t * y.mean()),
            "too low counts as a hit": lambda y, z, t: np.mean(z - y <= t * y),
            "too high counts as a hit": lambda y, z, t: np.mean(y - z <= t * y),
            "tolerance in dollars": lambda y, z, t: np.mean(np.abs(z - y) <= t),
            "the misses": lambda y, z, t: np.mean(np.abs(z - y) > t * y),
            "the misses and the limit": lambda y, z, t: 1 - np.mean(np.abs(z - y) < t * y),
            "per cent": lambda y, z, t: 100 * np.mean(np.abs(z - y) <= t * y),
            "a count": lambda y, z, t: np.sum(np.abs(z - y) <= t * y),
            "tolerance in per cent": lambda y, z, t: np.mean(np.abs(z - y) <= t / 100 * y),
            "the limit itself": lambda y, z, t: np.mean(np.abs(z - y) < t * y),
            "fixed tolerance": lambda y, z, t: np.mean(np.abs(z - y) <= 0.1 * y),
            "gap of the logarithms": lambda y, z, t: np.mean(np.abs(np.log1p(z) - np.log1p(y)) <= t),
            "mean relative error": lambda y, z, t: np.mean(np.abs(z - y) / y),
            "wrong type": lambda y, z, t: np.mean(np.abs(z - y) / y) <= t,
        },
        others=[
            lambda y, z, t: np.mean(np.abs(z - y) <= t * y + 1e-3),
            lambda y, z, t: np.mean(np.abs(z - y) <= t * y * (1 + 1e-3)),
            lambda y, z, t: round(np.mean(np.abs(z - y) <= t * y), 2),
            lambda y, z, t: np.sum(np.abs(z - y) <= t * y) / 11,
            lambda y, z, t: np.mean(np.abs(z - y) <= t * y) / 2,
            lambda y, z, t: np.mean(np.abs(np.sort(z) - np.sort(y)) <= t * np.sort(y)),
            lambda y, z, t: np.mean(np.abs(z - y) <= t * np.abs(z)),
            lambda y, z, t: np.mean(np.round(np.abs(z - y) / y, 1) <= t),
            lambda y, z, t: np.mean(np.abs(z - y) <= t * y.astype(int)),
            lambda y, z, t: np.mean(np.abs(np.abs(z) - y) <= t * y),
            lambda y, z, t: np.mean(np.abs(z - y) <= min(t, 1) * y),
            lambda y, z, t: np.mean(np.abs(z - y) <= t * np.median(y)),
            lambda y, z, t: np.mean(np.abs(z - y) <= t * np.sqrt(np.abs(y * z))),
            lambda y, z, t: np.mean((z - y) ** 2 <= t**2 * y),
            lambda y, z, t: np.mean(np.abs(z - y)[:50] <= t * y[:50]),
            lambda y, z, t: np.mean(z <= y * (1 + t)) if t else np.mean(y == z),
            lambda y, z, t: np.mean((z - y) // y <= t),
            lambda y, z, t: np.abs(z - y) <= t * y,
            lambda y, z, t: f"{np.mean(np.abs(z - y) <= t * y):.0%}",
        ],
    ),
    "skill": Case(
        right=[
            _by_sums,
            _skill(),
            _skill_by_scikit_learn,
            _skill_in_a_loop,
            _skill_in_pandas,
            _in_float32(_skill()),
            lambda a, y, z: np.array(_skill()(a, y, z)),
            _skill(combine=lambda mse, b: (b - mse) / b),
            _skill(size=lambda gap: gap * gap),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or not a.size, error=UnicodeError),
            _skill_in_tensorflow,
        ],
        wrong={
            "the mean of the test prices": lambda a, y, z: _skill()(y, y, z),
            "the mean of all prices": lambda a, y, z: _skill()(np.r_[a, y], y, z),
            "baseline judged on the training prices": lambda a, y, z: (
                1 - np.mean((y - z) ** 2) / np.mean((a - a.mean()) ** 2)
            ),
            "rooted": _skill(combine=lambda mse, b: 1 - np.sqrt(mse / b)),
            "absolute, not squared": _skill(size=np.abs),
            "the median": _skill(base=np.median),
            "without the 1": _skill(combine=lambda mse, b: mse / b),
            "sign turned": _skill(combine=lambda mse, b: mse / b - 1),
            "upside down": _skill(combine=lambda mse, b: 1 - b / mse),
            "a difference": _skill(combine=lambda mse, b: b - mse),
            "clipped at zero": _skill(combine=lambda mse, b: max(0.0, 1 - mse / b)),
            "no baseline": _skill(base=lambda a: 0.0),
            "squared correlation": lambda a, y, z: np.corrcoef(y, z)[0, 1] ** 2,
            "nothing to judge": _skill(bad=lambda a, y, z: y.size and a.size and _bad(a, y, z)),
            "division by zero": _skill(bad=lambda a, y, z: not np.array_equal(y, [3.0, 3.0]) and _bad(a, y, z)),
            "NaN passes": _skill(bad=lambda a, y, z: np.isfinite(np.r_[y, z]).all() and _bad(a, y, z)),
            "NaN in training passes": _skill(bad=lambda a, y, z: _bad(np.nan_to_num(a), y, z)),
            "raises": _skill(bad=lambda a, y, z: y.size == 0 or y.std() == 0 or _bad(a, y, z)),
            "wrong kind of error": _skill(error=AssertionError),
        },
        others=[
            _skill(bad=lambda a, y, z: _bad(a, y, z) or y.mean() == a.mean()),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or np.mean((y - a.mean()) ** 2) < 1e-3),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or np.isclose(np.mean((y - a.mean()) ** 2), 0)),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or np.allclose(y, a.mean())),
            _skill(combine=lambda mse, b: max(-1.0, 1 - mse / b)),
            _skill(combine=lambda mse, b: round(1 - mse / b, 3)),
            _skill(combine=lambda mse, b: abs(1 - mse / b)),
            lambda a, y, z: 1.0 if len(y) == 1 else _skill()(a, y, z),
            _skill(bad=lambda a, y, z: y.size < 2 or _bad(a, y, z)),
            _skill(bad=lambda a, y, z: a.size < 2 or _bad(a, y, z)),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or np.any(y == a.mean())),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or a.std() == 0),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or np.all(z == a.mean())),
            _skill(bad=lambda a, y, z: _bad(a, y, z) or min(a.min(), y.min()) < 0),
            _skill(bad=lambda a, y, z: _bad(a, y, z) and not np.isnan(z).any()),
            _skill(bad=lambda a, y, z: _bad(a, y, z) and y.size != 1),
            _skill(bad=lambda a, y, z: _bad(a, y, z) and not np.array_equal(y, z)),
            _skill(bad=lambda a, y, z: not y.size or y[0] == a.mean() or not np.isfinite(np.r_[a, y, z]).all()),
            lambda a, y, z: _skill()(np.sort(a), np.sort(y), np.sort(z)),
            lambda a, y, z: _skill()(a[:3], y, z),
            lambda a, y, z: _skill()(np.unique(a), y, z),
            lambda a, y, z: _skill()(np.abs(a), np.abs(y), np.abs(z)),
            lambda a, y, z: _skill(combine=lambda mse, b: 1 - mse * len(y) / (b * max(len(y) - 1, 1)))(a, y, z),
            lambda a, y, z: 1 - np.nanmean((y - z) ** 2) / np.nanmean((y - np.nanmean(a)) ** 2),
        ],
    ),
    "scores_on_shuffled": Case(
        right=[
            _one_round_after_the_other,
            _rounds(_shuffle),
            _shuffled_copy,
            _by_shuffled_rows,
            _rounds(lambda rng, n: np.argsort(rng.random(n))),
            _rounds(lambda rng, n: rng.choice(n, n, replace=False)),
            _rounds(_shuffle, out=lambda found: np.array(found, dtype=np.float32)),
            _rounds(_shuffle, out=list),
            _fisher_yates,
            _in_pandas,
            _real_score_first,
            _all_orders_first,
            lambda score, X, y, n, rng: np.fromiter((score(X, rng.permutation(y)) for _ in range(n)), float, n),
            lambda score, X, y, n, rng: [score(X=X.tolist(), y=rng.permutation(y).tolist()) for _ in range(n)],
        ],
        wrong={
            "wrong type": _rounds(_shuffle, out=set),
            "rows shuffled": lambda score, X, y, n, rng: np.array([score(rng.permutation(X), y) for _ in range(n)]),
            "arguments swapped": lambda score, X, y, n, rng: np.array([score(rng.permutation(y), X) for _ in range(n)]),
            "scores altered": lambda score, X, y, n, rng: _rounds(_shuffle)(score, X, y, n, rng) - score(X, y),
            "score never called": lambda score, X, y, n, rng: np.zeros(n),
            "one number": _rounds(_shuffle, out=np.mean),
            "other prices": _rounds(lambda rng, n: rng.integers(0, n, n)),
            "not shuffled": _rounds(_shuffle, y=lambda y, o: y),
            "one round not shuffled": _first_is_real,
            "rows go along": _rounds(_shuffle, x=lambda X, o: X[o]),
            "table changed": _rounds(_shuffle, x=lambda X, o: X[np.roll(o, 1)]),
            "one order for all": _rounds(_shuffle, fresh=False),
            "other numbers": _rounds(_shuffle, out=np.sort),
            "rng unused": _own_generator,
            "other chance": _no_generator,
            "neighbours kept": _rounds(lambda rng, n: np.roll(np.arange(n), rng.integers(1, n))),
            "not every order": _rounds(_naive_swaps),
            "rounds depend on each other": _reverse_every_second,
            "half shuffled": _rounds(_half_shuffled),
            "changes its argument": _in_place,
            "wrong shape": _rounds(_shuffle, out=lambda found: np.array(found)[:, None]),
        },
        others=[
            _best_of_three,
            _rounds(_two_swapped),
            _rounds(_neighbours_swapped),
            _rounds(_one_pair_of_neighbours_swapped),
            _rounds(lambda rng, n: np.r_[rng.permutation(n // 2), np.arange(n // 2, n)]),
            _rounds(lambda rng, n: np.r_[0, 1 + rng.permutation(n - 1)]),
            _rounds(lambda rng, n: np.r_[rng.permutation(n - 1), n - 1]),
            _rounds(lambda rng, n: np.arange(n)[::-1]),
            _rounds(lambda rng, n: np.argsort(rng.normal(np.arange(n), n / 2))),
            _rounds(_blocks_of_four),
            _rounds(_shuffle, y=lambda y, o: np.sort(y)),
            _rounds(_shuffle, y=lambda y, o: y[o] + 1e-3 * np.ptp(y)),
            _rounds(_shuffle, y=lambda y, o: np.abs(y[o])),
            _rounds(_shuffle, x=lambda X, o: X[:, :1]),
            _rounds(_shuffle, x=lambda X, o: (X - X.mean(axis=0)) / X.std(axis=0)),
            _rounds(_shuffle, out=lambda found: np.array(found)[::-1]),
            _rounds(_shuffle, out=lambda found: np.maximum(found, 0)),
            _rounds(_shuffle, out=lambda found: np.round(found, 1)),
            _rounds(_shuffle, out=lambda found: found[:5]),
            _rounds(_derangement),
            _turned_each_round,
            _with_replacement_sometimes,
            _global_seed,
            _five_rounds,
        ],
    ),
    "ensemble_gain": Case(
        right=[
            _gain_by_definition,
            lambda f: np.mean(np.mean(f**2, axis=0) - np.mean(f, axis=0) ** 2),
            lambda f: np.mean(np.mean(np.square(f), axis=0)) - np.mean(np.square(np.mean(f, axis=0))),
            lambda f: ((f - f.mean(axis=0)) ** 2).sum() / f.size,
            _gain_in_a_loop,
            _gain_in_pandas,
            _in_float32(lambda f: f.var(axis=0).mean()),
            _in_float32(_gain_by_definition),
            _in_float32(lambda f: np.mean((f - f[0]) ** 2) - np.mean((f.mean(axis=0) - f[0]) ** 2)),
            _in_tensorflow(lambda tf, f: tf.reduce_mean(tf.math.reduce_variance(f, axis=0))),
            lambda f: np.einsum("mn,mn", f - f.mean(0), f - f.mean(0)) / f.size,
            lambda f: np.mean([np.mean((a - b) ** 2) for a in f for b in f]) / 2,
            lambda f: np.trace(np.cov(f.T, bias=True).reshape(f.shape[1], -1)) / f.shape[1] if len(f) > 1 else 0,
        ],
        wrong={
            "divided by m - 1": lambda f: np.var(f, axis=0, ddof=1).mean(),
            "summed over the members": lambda f: np.sum((f - f.mean(axis=0)) ** 2, axis=0).mean(),
            "variance over the houses": lambda f: np.var(f, axis=1).mean(),
            "variance of everything": lambda f: np.var(f),
            "variance of the means": lambda f: np.var(np.mean(f, axis=1)),
            "variance of the ensemble": lambda f: np.var(np.mean(f, axis=0)),
            "standard deviation": lambda f: np.std(f, axis=0).mean(),
            "sum, not mean": lambda f: np.var(f, axis=0).sum(),
            "absolute disagreement": lambda f: np.abs(f - f.mean(axis=0)).mean(),
            "members compared with each other": lambda f: np.mean((f[:, None] - f[None]) ** 2),
            "wrong sign": lambda f: -np.var(f, axis=0).mean(),
            "not finite": lambda f: np.var(f, axis=0).mean() if len(f) > 1 else np.nan,
            "wrong shape": lambda f: np.var(f, axis=0),
        },
        others=[
            _in_float32(lambda f: np.mean(np.square(f)) - np.mean(np.square(f.mean(axis=0)))),
            lambda f: np.var(f, axis=0, ddof=int(len(f) > 10)).mean(),
            lambda f: np.var(f, axis=0).mean() if len(f) > 1 else 1.0,
            lambda f: np.mean((f - f[0]) ** 2),
            lambda f: np.mean((f - np.median(f, axis=0)) ** 2),
            lambda f: np.median(np.var(f, axis=0)),
            lambda f: np.var(f[:3], axis=0).mean(),
            lambda f: ((f - f.mean(axis=0)) ** 2).sum() / 12,
            lambda f: ((f - f.mean(axis=0)) ** 2).sum(axis=0).mean() / 3,
            lambda f: np.var(np.sort(f, axis=1), axis=0).mean(),
            lambda f: round(np.var(f, axis=0).mean(), 4),
            lambda f: np.mean(f**2) - np.mean(f) ** 2,
            lambda f: np.mean(np.ptp(f, axis=0) ** 2) / 4,
            lambda f: np.mean(f**2),
            lambda f: np.mean(f.mean(axis=0) ** 2),
            lambda f: np.var(f.astype(int), axis=0).mean(),
            lambda f: np.sqrt(np.var(f, axis=0).mean()),
            lambda f: np.cov(f).mean(),
        ],
        equivalent={"argument sorted": "it sorts the members house by house, and their order does not matter"},
    ),
    "validate_table": Case(
        right=[
            _by_trying,
            _gaps_in_words("nan"),
            _gaps_in_words(""),
            _check(),
            _value_by_value,
            _check(named=", ".join),
            _check(out=lambda t, w: t.loc[:, w].copy()),
            _one_line_a_problem,
            _by_types,
            _with_the_columns_received,
            _with_all_numbers_in_words,
            _with_a_note,
            _check(error=type("BadTable", (ValueError,), {})),
            _check(out=lambda t, w: t.reindex(columns=w)),
        ],
        wrong={
            "numbers refused": _refusing_values(lambda v: v < 0),
            "equal rows refused": _refusing_tables(lambda table: table.duplicated().any()),
            "row names refused": _refusing_tables(lambda table: table.index.duplicated().any()),
            "other things pass": _refusing_text_alone,
            "sound columns are blamed": _blames_names,
            "extra columns refused": _strict,
            "gaps refused": _check(gaps=False),
            "gaps among names refused": _refusing_gaps(),
            "not a table": _check(out=lambda t, w: t[w].to_numpy()),
            "other columns": _check(out=lambda t, w: t),
            "other values": _check(out=lambda t, w: t[w].fillna({"area": 0.0})),
            "other names": _check(out=_upper),
            "other rows": _check(out=lambda t, w: t[w].dropna()),
            "numbers of kind object refused": _by_dtype,
            "a missing column passes": _lets_missing_pass,
            "words pass": _check(kinds=("missing", "rows")),
            "no rows pass": _check(kinds=("missing", "words")),
            "no rows hide the rest": _rows_first,
            "only the first is named": _check(named=lambda found: found[:1]),
            "only one kind is named": _one_kind,
            "sound columns are named": _names_all,
            "wrong kind of error": _check(error=KeyError),
            "silent error": _check(named=lambda found: "something"),
        },
        others=[
            _silent_without_rows,
            _blames_columns_without_rows,
            _refusing_values(lambda v: v == 0),
            _refusing_values(lambda v: abs(v) > 1e5),
            _gaps_in_words(" "),
            _gaps_in_words("NA"),
            _in_first_row,
            _refusing_gaps(lambda numbers, names: [*numbers, *names]),
            lambda table, numbers, names: _check()(table.head(2), numbers, names) is None or table[numbers + names],
            lambda table, numbers, names: _check()(table.iloc[-1:], numbers, names) is None or table[numbers + names],
            lambda table, numbers, names: _check()(table.head(100), numbers, names) is None or table[numbers + names],
            _check(named=lambda found: found[-1:]),
            _check(named=lambda found: ["area"]),
            _check(named=lambda found: ["street", "built", "area", "style", "plot"]),
            _check(out=lambda t, w: t[sorted(w)]),
            _check(out=lambda t, w: t[w].reset_index(drop=True)),
            _check(out=lambda t, w: t[w].sort_values(w[0])),
            _check(out=lambda t, w: t[w].astype({c: float for c in w if t[c].dtype == int})),
            _check(out=lambda t, w: t[w].convert_dtypes()),
            _check(out=lambda t, w: t[w].head(3)),
            _check(out=lambda t, w: t[w].round(0)),
            _check(out=lambda t, w: [list(row) for row in t[w].itertuples(index=False)]),
            _dumps_the_table,
            _letters_only,
            _one_kind_the_other_way,
            lambda table, numbers, names: table[numbers + names].astype(dict.fromkeys(numbers, float)),
            lambda table, numbers, names: _check()(table, numbers, []) is None or table[numbers + names],
            _by_position,
        ],
        equivalent={
            **dict.fromkeys(
                UNTOUCHED, "no argument is an array or a list of numbers: this is the worked answer itself"
            ),
            "constant -1: 0": "which of the words is quoted is free",
        },
        styles=dict.fromkeys(
            ("float32", "lists", "arrays", "NumPy scalars", "small ints"), "a table is asked for, and not its values"
        ),
    ),
}
