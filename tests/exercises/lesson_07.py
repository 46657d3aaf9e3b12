"""Right and wrong answers to the exercises of lesson 07."""

from __future__ import annotations

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


def _loop_share(y, y_hat, tolerance):
    hits = sum(abs(b - a) <= tolerance * a for a, b in zip(y, y_hat, strict=True))
    return hits / len(y)


def _sorted_by_hand(y, measure):
    return sorted(y)[len(y) // 2] if measure == "MAE" else _constants()(y, measure)


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
    return table[wanted].assign(place=table["place"].fillna("none").str.upper())


def _lets_missing_pass(table, numbers, names):
    there = [[c for c in kind if c in table.columns] for kind in (numbers, names)]
    return _check()(table, *there)


CASES = {
    "rmsle": Case(
        right=[
            _refusing(_by_scikit_learn),
            _refusing(lambda y, z: np.linalg.norm(np.log((1 + y) / (1 + z))) / len(y) ** 0.5),
        ],
        wrong={
            "logarithm without the 1": lambda y, z: np.sqrt(np.mean(np.log(y / z) ** 2)),
            "root missing": lambda y, z: _log1p(y, z) ** 2,
            "in dollars": lambda y, z: np.sqrt(np.mean((y - z) ** 2)),
            "logarithm of the error": lambda y, z: np.log1p(np.sqrt(np.mean((y - z) ** 2))),
            "logarithm of the difference": lambda y, z: np.sqrt(np.mean(np.log1p(np.abs(y - z)) ** 2)),
            "absolute, not squared": lambda y, z: np.mean(np.abs(np.log1p(y) - np.log1p(z))),
            "sum, not mean": lambda y, z: _log1p(y, z) * np.sqrt(len(y)),
            "base 10": lambda y, z: np.sqrt(np.mean(np.log10((1 + y) / (1 + z)) ** 2)),
            "zero refused": _refusing(_log1p, bad=lambda y, z: min(y.min(), z.min()) <= 0),
            "whole numbers": _refusing(_in_whole_numbers),
            "negative prices pass": lambda y, z: _log1p(np.maximum(y, 0), np.maximum(z, 0)),
            "negative y passes": _refusing(_log1p, bad=lambda y, z: z.min() < 0),
            "just below 0 passes": _by_scikit_learn,
            "wrong kind of error": _refusing(_log1p, AssertionError),
        },
    ),
    "best_constant": Case(
        right=[_by_measure, _sorted_by_hand, _constants(rmsle=lambda y: np.exp(np.log(1 + y).sum() / len(y)) - 1)],
        wrong={
            "mean and median swapped": _constants(mae=np.mean, rmse=np.median),
            "the mean for all": _constants(np.mean, np.mean, np.mean),
            "the median for all": _constants(np.median, np.median, np.median),
            "the middle without sorting": _constants(mae=lambda y: y[len(y) // 2]),
            "MAE is off": _constants(mae=lambda y: (y.min() + y.max()) / 2),
            "RMSE is off": _constants(rmse=lambda y: np.sqrt(np.mean(y**2))),
            "logarithm after the mean": _constants(rmsle=lambda y: np.expm1(np.log1p(y.mean()))),
            "still a logarithm": _constants(rmsle=lambda y: np.log1p(y).mean()),
            "logarithm without the 1": _constants(rmsle=lambda y: np.exp(np.log(y).mean())),
            "the 1 not taken back": _constants(rmsle=lambda y: np.exp(np.log1p(y).mean())),
            "the median for RMSLE": _constants(rmsle=np.median),
            "unknown measure": _constants(strict=False),
        },
    ),
    "share_within": Case(
        right=[_loop_share, lambda y, z, t: np.mean(np.abs(z / y - 1) <= t + 1e-12)],
        wrong={
            "accuracy": lambda y, z, t: np.mean(y == z),
            "relative to the prediction": lambda y, z, t: np.mean(np.abs(z - y) <= t * z),
            "one side only": lambda y, z, t: np.mean(z - y <= t * y),
            "tolerance in dollars": lambda y, z, t: np.mean(np.abs(z - y) <= t),
            "the misses": lambda y, z, t: np.mean(np.abs(z - y) > t * y),
            "per cent": lambda y, z, t: 100 * np.mean(np.abs(z - y) <= t * y),
            "a count": lambda y, z, t: np.sum(np.abs(z - y) <= t * y),
            "tolerance in per cent": lambda y, z, t: np.mean(np.abs(z - y) <= t / 100 * y),
            "the limit itself": lambda y, z, t: np.mean(np.abs(z - y) < t * y),
            "fixed tolerance": lambda y, z, t: np.mean(np.abs(z - y) <= 0.1 * y),
        },
    ),
    "skill": Case(
        right=[_by_sums, _skill()],
        wrong={
            "the mean of the test prices": lambda a, y, z: _skill()(y, y, z),
            "rooted": _skill(combine=lambda mse, b: 1 - np.sqrt(mse / b)),
            "absolute, not squared": _skill(size=np.abs),
            "the median": _skill(base=np.median),
            "without the 1": _skill(combine=lambda mse, b: mse / b),
            "upside down": _skill(combine=lambda mse, b: 1 - b / mse),
            "a difference": _skill(combine=lambda mse, b: b - mse),
            "clipped at zero": _skill(combine=lambda mse, b: max(0.0, 1 - mse / b)),
            "bad predictions": _skill(combine=lambda mse, b: max(-1.0, 1 - mse / b)),
            "nothing to judge": _skill(bad=lambda a, y, z: y.size and a.size and _bad(a, y, z)),
            "division by zero": _skill(bad=lambda a, y, z: not np.array_equal(y, [3.0, 3.0]) and _bad(a, y, z)),
            "NaN passes": _skill(bad=lambda a, y, z: np.isfinite(np.r_[y, z]).all() and _bad(a, y, z)),
            "NaN in training passes": _skill(bad=lambda a, y, z: _bad(np.nan_to_num(a), y, z)),
            "equal prices refused": _skill(bad=lambda a, y, z: y.size == 0 or y.std() == 0 or _bad(a, y, z)),
            "one house refused": _skill(bad=lambda a, y, z: y.size < 2 or _bad(a, y, z)),
            "one house": lambda a, y, z: 1.0 if len(y) == 1 else _skill()(a, y, z),
            "wrong kind of error": _skill(error=AssertionError),
        },
    ),
    "scores_on_shuffled": Case(
        right=[_rounds(_shuffle), _shuffled_copy, _by_shuffled_rows],
        wrong={
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
        },
    ),
    "ensemble_gain": Case(
        right=[_gain_by_definition, lambda f: np.mean(np.mean(f**2, axis=0) - np.mean(f, axis=0) ** 2)],
        wrong={
            "divided by m - 1": lambda f: np.var(f, axis=0, ddof=1).mean(),
            "variance over the houses": lambda f: np.var(f, axis=1).mean(),
            "variance of everything": lambda f: np.var(f),
            "standard deviation": lambda f: np.std(f, axis=0).mean(),
            "sum, not mean": lambda f: np.var(f, axis=0).sum(),
            "absolute disagreement": lambda f: np.abs(f - f.mean(axis=0)).mean(),
            "wrong sign": lambda f: -np.var(f, axis=0).mean(),
            "one member": lambda f: np.var(f, axis=0).mean() if len(f) > 1 else 1.0,
        },
    ),
    "validate_table": Case(
        right=[_check(), _value_by_value, _check(named=", ".join), _check(out=lambda t, w: t.loc[:, w].copy())],
        wrong={
            "extra columns refused": _strict,
            "gaps refused": _check(gaps=False),
            "gaps among names refused": _refusing_gaps(),
            "all gaps refused": _refusing_gaps(lambda numbers, names: [*numbers, *names]),
            "not a table": _check(out=lambda t, w: t[w].to_numpy()),
            "other columns": _check(out=lambda t, w: t),
            "other values": _check(out=lambda t, w: t[w].fillna({"area": 0.0})),
            "other names": _check(out=_upper),
            "a missing column passes": _lets_missing_pass,
            "words pass": _check(kinds=("missing", "rows")),
            "no rows pass": _check(kinds=("missing", "words")),
            "only the first row is read": _in_first_row,
            "no rows hide the rest": _rows_first,
            "only the first is named": _check(named=lambda found: found[:1]),
            "only one kind is named": _one_kind,
            "wrong kind of error": _check(error=KeyError),
            "silent error": _check(named=lambda found: "something"),
        },
    ),
}
