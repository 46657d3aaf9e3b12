"""Exercises of lesson 14: a recurrent step, a gradient through time, clipping, LSTM gates, masks, targets one step ahead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, case, compare, number, results
from course_utils.checking.cases import Case

lesson = Lesson("14_recurrent_networks")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Two products and a bias go into the sum: one for what comes in, one for what is remembered.",
    "np.tanh goes around the whole sum. Which shapes have x @ W and h @ U?",
)
def rnn_step(attempt: Attempt) -> str:
    """Return the next state (n, k) for x (n, d), state h (n, k), W (d, k), U (k, k), b (k,)."""
    rng = np.random.default_rng(13)

    def step(n: int, d: int, k: int, note: str, x_size: float = 1.0, size: float = 1.0, empty: bool = False) -> Case:
        h = np.zeros((n, k)) if empty else rng.uniform(-1, 1, (n, k))
        x, W, U, b = (rng.normal(0, s, shape) for s, shape in _sizes(n, d, k, x_size, size))
        return case(x, h, W, U, b, note=note)

    cases = [
        step(2, 4, 3, "a batch of two, 4 features, 3 units"),
        step(2, 4, 3, "another batch of two, 4 features, 3 units"),
        step(1, 4, 3, "a batch of one"),
        step(5, 2, 6, "more units than features"),
        step(3, 3, 3, "as many features as units"),
        step(1, 1, 1, "one sequence, one feature, one unit"),
        step(4, 3, 2, "a state of zeros", empty=True),
        step(64, 16, 32, "64 sequences, features of size 20", x_size=20, size=0.03),
        step(7, 3, 4, "large sums, where tanh is nearly flat", size=4),
    ]
    wrong = {
        "no tanh": (lambda x, h, W, U, b: x @ W + h @ U + b, "The sum is right and not squashed. Repeated at each step, what keeps it from growing?"),
        "sigmoid": (lambda x, h, W, U, b: _sigmoid(x @ W + h @ U + b), "That is a sigmoid around the sum. This cell uses tanh: its state may be negative too."),
        "ReLU": (lambda x, h, W, U, b: np.maximum(x @ W + h @ U + b, 0), "That is the sum, cut off at 0. This cell uses tanh: its state may be negative, and never leaves the range from -1 to 1."),
        "past forgotten": (lambda x, h, W, U, b: np.tanh(x @ W + b), "The old state is not used: this cell remembers nothing. Which product is missing?"),
        "input forgotten": (lambda x, h, W, U, b: np.tanh(h @ U + b), "The input is not used: the cell is deaf. Which product is missing?"),
        "recurrent kernel transposed": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U.T + b), "U is square, so no shape complains when it is transposed. Here row i of U says where unit i's state goes."),
        "entry by entry": (lambda x, h, W, U, b: np.tanh(x @ W + h * np.diag(U) + b), "Each unit reads its own old value here, and no other unit's. What are the entries of U off the diagonal for?"),
        "bias forgotten": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U), "The bias b is missing."),
        "bias twice": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U + 2 * b), "The bias is added twice, once with each product. The formula has one bias for the sum."),
        "bias subtracted": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U - b), "The bias enters with the wrong sign."),
        "bias outside": (lambda x, h, W, U, b: np.tanh(x @ W + h @ U) + b, "The bias is added after the tanh: the state can leave the range from -1 to 1. What does the tanh go around?"),
        "two tanhs": (lambda x, h, W, U, b: np.tanh(x @ W + b) + np.tanh(h @ U), "Input and memory are squashed one by one here and then added: the result can leave the range from -1 to 1. Squash the sum."),
        "only the input squashed": (lambda x, h, W, U, b: np.tanh(x @ W + b) + h @ U, "The input is squashed here and the memory is not. Which sum does the tanh go around?"),
        "only the memory squashed": (lambda x, h, W, U, b: x @ W + np.tanh(h @ U + b), "The memory is squashed here and the input is not. Which sum does the tanh go around?"),
        "state added": (lambda x, h, W, U, b: h + np.tanh(x @ W + h @ U + b), "The old state is added on top. The new state replaces the old one."),
    }  # fmt: skip
    asked = "tanh of the whole sum: input through W, old state through U, bias"
    compare(attempt, _step, cases, wrong, asked=asked)
    return "The same three weights serve every step: that is why a recurrent network takes sequences of any length."


@lesson.exercise(
    "Walk forward and keep every state. Then walk back with a number `grad_h` that starts at 1.",
    "At step t, w receives grad_h times the input of that step, u receives grad_h times the state before it.",
    "Between two steps grad_h is multiplied by u.",
)
def gradient_through_time(attempt: Attempt) -> str:
    """Return (dh_T/dw, dh_T/du) for h_t = w x_t + u h_(t-1) and h_0 = 0; ValueError for an empty x."""
    rng = np.random.default_rng(14)
    cases = [
        case(np.array([1.5, -2.0, 0.5, 3.0]), 0.8, 0.6),
        case(np.array([0.25, 4.0, -1.0, -2.5]), 0.8, 0.6),
        case(np.array([-4.25]), 0.8, 0.6, note="one step, h_1 = w x_1", scale=1.0),
        case(np.array([12.5, -31.25]), -1.7, 0.45, note="two steps"),
        case(np.array([2.5, 7.25, -1.125]), 2.0, 0.5, note="three steps"),
        case(rng.normal(15, 20, 7), -1.3, -0.7, note="w and u below 0"),
        case(rng.normal(0, 3, 5), 0.75, 0.0, note="u = 0, so that nothing is carried along", scale=1.0),
        case(rng.normal(0, 3, 5), 0.0, 1.25, note="w = 0, so that every state is 0", scale=1.0),
        case(np.array([0.0, 0.0, 0.0]), 0.5, 0.9, note="inputs that are all 0", scale=1.0),
        case(rng.normal(5, 20, 12), 0.5, 1.0, note="u = 1, so that nothing fades"),
        case(rng.normal(3, 4, 60), 0.7, 1.04, note="sixty steps"),
        case(np.ones(30), 1.0, 0.5, note="thirty inputs of 1, quickly faded"),
        case(rng.normal(3, 4, 150), 0.7, 1.01, note="150 steps"),
        case(np.ones(120), 1.0, 1.25, note="a gradient that explodes"),
    ]
    wrong = {
        "last step only": (lambda x, w, u: (x[-1], _states(x, w, u)[-2]), "That is what the last step alone contributes. w and u were used at every step before it too."),
        "u at its last use only": (lambda x, w, u: (_powers(x, u) @ x, _states(x, w, u)[-2]), "The slope in w is right. In u you count its last use alone, and the state that it multiplies there depends on u as well."),
        "first step only": (lambda x, w, u: (_powers(x, u)[0] * x[0], 0.0), "That is what the first step alone contributes. Each step adds its share: do you add, or overwrite?"),
        "nothing fades": (lambda x, w, u: (x.sum(), _states(x, w, u)[:-1].sum()), "Each step counts fully here. On its way back from the end, by what is the gradient multiplied at each step?"),
        "one step too many": (lambda x, w, u: tuple(u * part for part in _slopes(x, w, u)), "All of it is multiplied by u once too often. How many steps lie between h_T and itself?"),
        "swapped": (lambda x, w, u: _slopes(x, w, u)[::-1], "The two are swapped: the one for w comes first."),
        "time reversed": (lambda x, w, u: (_powers(x, u)[::-1] @ x, _powers(x, u)[::-1] @ _states(x, w, u)[:-1]), "The first input fades least here. Which one is nearest to the end?"),
        "states after, not before": (lambda x, w, u: (_powers(x, u) @ x, _powers(x, u) @ _states(x, w, u)[1:]), "u multiplies the state before the step. Yours is multiplied with the state after it."),
        "sequence from its end": (lambda x, w, u: _slopes(x[::-1], w, u), "x is read from its end here. The first step reads x[0]."),
        "w in the chain": (lambda x, w, u: (_powers(x, w) @ x, _powers(x, w) @ _states(x, w, u)[:-1]), "From step to step the state goes through u. Yours is multiplied by w."),
        "the weights, not what they multiply": (lambda x, w, u: (_powers(x, u).sum() * w, _powers(x, u).sum() * u), "Each share is the arriving slope times what the weight was multiplied with. Yours is times the weight itself."),
        "the state itself": (lambda x, w, u: (_states(x, w, u)[-1], _states(x, w, u)[-1]), "That is h_T itself. Its slopes in w and in u are asked for."),
        "the sum of all states": (_slopes_of_the_sum, "Those are the slopes of h_1 + h_2 + ... + h_T. Here the last state alone is looked at: which slope arrives from outside at the steps before?"),
        "tanh on the way back": (lambda x, w, u: _slopes_with_tanh(x, w, u, forward=False), "On the way back you multiply by 1 - h², the slope of a tanh. Is there a tanh in this formula?"),
        "a tanh in the cell": (lambda x, w, u: _slopes_with_tanh(x, w, u, forward=True), "Those are the slopes of a cell with a tanh. This one has none."),
        "three steps": (lambda x, w, u: _slopes(x[:3], w, u) if len(x) >= 3 else None, "Only the first three steps are counted. x has as many as it has."),
    }  # fmt: skip
    asked = "the slopes of h_T, the last state, in w and in u, in this order. Differences pass if they are central and small, with a step of 1e-5"
    compare(attempt, _slopes, cases, wrong, asked=asked)
    attempt.must_refuse((np.array([]), 0.8, 0.6), "An empty sequence, which has no last step", "empty passes")
    return "Every step adds its share, faded by u once for each step of distance: that is all of backprop through time."


@lesson.exercise(
    "The global norm is the length of one long vector that holds all entries of all arrays.",
    "norm = np.sqrt(sum(np.sum(g**2) for g in grads)). By what is everything multiplied if it is too long, and if not?",
    "np.isfinite(norm) is False as soon as any entry is NaN or infinite.",
)
def clip_by_global_norm(attempt: Attempt) -> str:
    """Return the arrays of grads, shrunk together to a common norm of at most limit; ValueError for NaN."""
    rng = np.random.default_rng(15)
    two = [np.array([[3.0, -4.0], [0.0, 1.0]]), np.array([12.0, 0.5])]
    layers = [rng.normal(0, 9, shape) for shape in ((7, 5), (5,), (2, 3, 4), (), (5, 1))]
    cases = [
        case(two, 2.0, note="two arrays of common norm 13, and a limit of 2"),
        case(layers, 7.5, note="five arrays of common norm 75 or so, and a limit of 7.5"),
        case([np.array([-0.3, 0.4])], 0.25, note="one array of norm 0.5, and a limit of 0.25"),
        case([np.array([1.0]), np.array([[-2.0]]), np.array([400.0])], 30.0, note="three arrays, the last of them long"),
        case([rng.normal(0, 5e5, (30, 20)), rng.normal(0, 1e-2, 20)], 1.0, note="arrays of very different size"),
        case([np.array([4.1, 1.0]), np.array([-1.0, -4.1])], 4.0, note="two arrays, each just too long with a norm of 4.22"),
        case([np.array([3.0, -2.0]), np.array([-2.0, 3.0])], 4.0, note="two arrays, each short enough, and too long together"),
        case(two, 50.0, note="a common norm of 13, below the limit of 50"),
        case([np.array([-1e-3, 2e-4]), np.array([[3e-3]])], 1.0, note="a norm of 0.003, far below the limit"),
        case([np.array([30.0, 0.0]), np.array([-40.0])], 50.5, note="a common norm of 50, just below the limit"),
        case([np.array([30.0, 0.0]), np.array([-40.0])], 49.998, note="a common norm of 50, just above the limit"),
        case([np.array([3.0]), np.array([-4.0])], 5.0, note="a common norm that is exactly the limit"),
        case([rng.normal(0, 300, (6, 4)), rng.normal(0, 300, 4)], 1e5, note="large entries and a larger limit"),
    ]  # fmt: skip
    wrong = {
        "each array by itself": (lambda grads, limit: [_shrunk([g], limit, _norm([g]))[0] for g in grads], "Each array is shrunk by its own norm. Together they point somewhere else now: which one norm serves them all?"),
        "each entry cut": (lambda grads, limit: [np.clip(g, -limit, limit) for g in grads], "Each entry is cut at the limit. That turns the step into another direction; shrinking all by one factor does not."),
        "divided by the norm": (lambda grads, limit: [g / _norm(grads) if _norm(grads) > limit else g for g in grads], "What is too long comes back with the common norm 1. What is the limit?"),
        "always of length 1": (lambda grads, limit: [g / _norm(grads) for g in grads], "The common norm is 1 now, whatever came in. What is the limit, and what happens to a step that is short enough?"),
        "rooted for the comparison alone": (lambda grads, limit: [g * limit / _norm(grads) ** 2 if _norm(grads) > limit else g for g in grads], "You divide by the sum of squares. A norm is its root."),
        "norm not rooted": (lambda grads, limit: _shrunk(grads, limit, _norm(grads) ** 2), "You compare with and divide by the sum of squares. A norm is its root."),
        "sum of the norms": (lambda grads, limit: _shrunk(grads, limit, sum(_norm([g]) for g in grads)), "The norms of the arrays are added up. Lengths at right angles add as squares do."),
        "mean of the norms": (lambda grads, limit: _shrunk(grads, limit, np.mean([_norm([g]) for g in grads])), "You take the mean of the arrays' norms. The length of the one long vector that holds them all is asked for."),
        "largest norm": (lambda grads, limit: _shrunk(grads, limit, max(_norm([g]) for g in grads)), "You take the norm of the longest array. The others make the step longer too."),
        "norm of the first": (lambda grads, limit: _shrunk(grads, limit, _norm(grads[:1])), "The norm of the first array decides here. Which entries belong to the one long vector?"),
        "norm of the last": (lambda grads, limit: _shrunk(grads, limit, _norm(grads[-1:])), "The norm of the last array decides here. Are the squares added up over all arrays, or overwritten?"),
        "root of the mean": (lambda grads, limit: _shrunk(grads, limit, _norm(grads) / np.sqrt(sum(g.size for g in grads))), "You take the mean of the squares. A length is the root of their sum."),
        "absolute values": (lambda grads, limit: _shrunk(grads, limit, sum(np.abs(g).sum() for g in grads)), "You use the sum of absolute values. The Euclidean norm is asked for."),
        "largest entry": (lambda grads, limit: _shrunk(grads, limit, max(np.abs(g).max() for g in grads)), "You use the largest entry. The norm counts all of them."),
        "limit squared": (lambda grads, limit: _shrunk(grads, limit**2, _norm(grads)), "They come back with the square of the limit as their norm."),
        "compared with 1": (lambda grads, limit: [g * (limit / _norm(grads)) if _norm(grads) > 1 else g for g in grads], "The norm is compared with 1 here. What decides whether a step is too long?"),
        "small ones grow": (lambda grads, limit: [g * (limit / _norm(grads)) for g in grads], "Gradients below the limit are changed too. A small step near the goal would become a large one."),
        "not clipped": (lambda grads, limit: grads, "Arrays with a common norm of 13 come back unchanged, and the limit is 2."),
        "comparison upside down": (lambda grads, limit: [g * (limit / _norm(grads)) if _norm(grads) < limit else g for g in grads], "The short gradients grow, and the long ones stay as they are. Which of the two is to be changed?"),
        "factor upside down": (lambda grads, limit: [g * (_norm(grads) / limit) if _norm(grads) > limit else g for g in grads], "What is too long gets longer. Is the factor above or below 1?"),
        "limit forgotten in the factor": (lambda grads, limit: [g * limit if _norm(grads) > limit else g for g in grads], "Everything is multiplied by the limit. What is the norm of the result?"),
        "dropped": (lambda grads, limit: [g * 0.0 if _norm(grads) > limit else g for g in grads], "A step that is too long becomes no step at all. It is asked to keep its direction."),
    }  # fmt: skip
    asked = "one factor for all arrays, so that their common norm is at most the limit; below it nothing changes"
    if _come_with_a_number(attempt(*cases[0].args), two):
        raise NotYet("Return the arrays alone, with no number beside them.", "norm returned too")
    compare(attempt, _clipped, cases, wrong, asked=asked)
    zeros = case([np.zeros((2, 2)), np.zeros(3)], 1.0, note="gradients that are all 0", scale=1.0)
    try:
        compare(attempt, _clipped, [zeros], asked=asked)
    except NotYet as error:
        if error.name != "not finite":
            raise
        raise NotYet("Gradients that are all 0 come back as NaN. What do you divide by?", "zero divides") from None
    endless = case(layers, np.inf, note="a limit of infinity, which nothing exceeds")
    try:
        compare(attempt, _clipped, [endless], asked=asked)
    except NotYet as error:
        if error.name != "not finite":  # limit / max(norm, limit), TensorFlow's own formula, has inf / inf here
            raise
    hole, whole_one = np.array([0.5, np.nan]), np.ones((2, 3))
    for grads, limit, what, name in (
        ([hole, whole_one], 1.0, "A NaN in the first array", "NaN passes"),
        ([whole_one, hole], 1.0, "A NaN in the last array", "NaN passes in a later array"),
        ([whole_one, np.array([[np.nan, 1.0], [2.0, 3.0]]), np.ones(4)], 1e6, "A NaN in the second of three arrays", "NaN passes in a later array"),
        ([np.array([np.nan])], 1.0, "An array that holds nothing but NaN", "NaN passes"),
        ([whole_one, np.array(np.nan)], 1.0, "A NaN in an array without axes", "NaN passes in a later array"),
    ):  # fmt: skip
        attempt.must_refuse((grads, limit), f"{what}, which would spoil every weight", name)
    return "One factor for all arrays: the step gets shorter and keeps its direction."


@lesson.exercise(
    "np.split(z, 4, axis=1) gives the four blocks. Three of them become gates between 0 and 1, one becomes content between -1 and 1.",
    "The new memory is forget times old plus input times candidate. What leaves the cell is the output gate times tanh of the new memory.",
    "z.shape[1] != 4 * c.shape[1] asks for a ValueError.",
)
def lstm_step(attempt: Attempt) -> str:
    """Return (h, c_new), each (n, k), for z (n, 4 k) in the order i, f, g, o and memory c (n, k)."""
    rng = np.random.default_rng(16)

    def cell(n: int, k: int, note: str, z_size: float = 1.0, c_size: float = 1.0) -> Case:
        return case(rng.normal(0, z_size, (n, 4 * k)), rng.normal(0, c_size, (n, k)), note=note)

    cases = [
        cell(3, 2, "a batch of three, two units"),
        cell(2, 1, "one unit"),
        cell(1, 3, "a batch of one"),
        cell(8, 2, "as many sequences as columns"),
        cell(4, 4, "as many sequences as units"),
        cell(9, 2, "more sequences than columns"),
        cell(6, 5, "gates nearly shut and nearly open", z_size=12.0),
        cell(5, 3, "a memory that has grown to 40", c_size=20.0),
        case(rng.normal(size=(3, 8)), np.zeros((3, 2)), note="an empty memory"),
        cell(32, 64, "32 sequences, 64 units", z_size=2.0, c_size=3.0),
    ]
    wrong = {
        "candidate in the last place": (lambda z, c: _lstm(z, c, order="ifog"), "Your blocks are i, f, o, g. Keras keeps the candidate third: i, f, g, o."),
        "textbook order": (lambda z, c: _lstm(z, c, order="fiog"), "Your blocks are f, i, o, g, as some books have them. Here they come in the order i, f, g, o."),
        "input and forget swapped": (lambda z, c: _lstm(z, c, order="figo"), "What should forget lets in, and the other way round. Which block comes first?"),
        "forget and output swapped": (lambda z, c: _lstm(z, c, order="iogf"), "What should forget lets out, and the other way round. Which block is the second, and which the last?"),
        "input and output swapped": (lambda z, c: _lstm(z, c, order="ofgi"), "What should let in lets out, and the other way round. Which block is the first, and which the last?"),
        "candidate in the second place": (lambda z, c: _lstm(z, c, order="igfo"), "Your blocks are i, g, f, o. Here the forget gate is the second and the candidate the third."),
        "gates interleaved": (lambda z, c: _lstm(np.hstack([z[:, place::4] for place in range(4)]), c), "Your gates take every fourth column. In Keras all columns of one gate stand side by side."),
        "candidate through a sigmoid": (lambda z, c: _lstm(z, c, squash=_sigmoid), "The candidate goes through a sigmoid: what is added to the memory could then only be positive. Which function has both signs?"),
        "candidate not squashed": (lambda z, c: _lstm(z, c, squash=_same), "The candidate goes in as it is. It is squashed by tanh first."),
        "gates through tanh": (lambda z, c: _lstm(z, c, gate=np.tanh), "Your gates go through a tanh and may be negative. A share lies between 0 and 1."),
        "gates not squashed": (lambda z, c: _lstm(z, c, gate=_same), "Your gates go in as they are. A share lies between 0 and 1: what squashes them?"),
        "nothing squashed on the way in": (lambda z, c: _lstm(z, c, gate=_same, squash=_same), "All four blocks go in as they are. Three of them are shares between 0 and 1, one lies between -1 and 1."),
        "memory leaves unsquashed": (lambda z, c: _lstm(z, c, out=_same), "The new memory is right. On its way out it passes a tanh, and then the output gate."),
        "memory leaves through a sigmoid": (lambda z, c: _lstm(z, c, out=_sigmoid), "The new memory is right. On its way out it passes a sigmoid here: which function keeps its sign?"),
        "output gate forgotten": (lambda z, c: (np.tanh(_lstm(z, c)[1]), _lstm(z, c)[1]), "The new memory is right, and all of it is shown. Where is the output gate used?"),
        "old memory shown": (_old_memory_shown, "The new memory is right. What leaves the cell here is the old one: which of the two passes the output gate?"),
        "memory overwritten": (lambda z, c: _lstm(z, 0 * c), "The old memory c is gone. Which gate decides how much of it stays?"),
        "never forgets": (lambda z, c: _lstm(z, c, keep=lambda i, f: 1.0), "All of the old memory stays. Where is the forget gate used?"),
        "forgets what is let in": (lambda z, c: _lstm(z, c, keep=lambda i, f: 1 - i), "You keep a share 1 - i of the old memory. It has a gate of its own for that."),
        "lets in what is forgotten": (lambda z, c: _lstm(z, c, take=lambda i, f: 1 - f), "You let in a share 1 - f of the candidate. It has a gate of its own for that."),
        "forget gate inverted": (lambda z, c: _lstm(z, c, keep=lambda i, f: 1 - f), "You keep a share 1 - f of the old memory. In spite of its name, f is the share that stays."),
        "forget bias added": (lambda z, c: _lstm(z + np.repeat([0.0, 1.0, 0.0, 0.0], c.shape[1]), c), "1 is added to the forget gate. A bias that Keras starts at 1 is part of b, and b is in z already."),
        "candidate not gated": (lambda z, c: _lstm(z, c, take=lambda i, f: 1.0), "All of the candidate gets in. Where is the input gate used?"),
        "memory squashed for good": (lambda z, c: (_lstm(z, c)[0], np.tanh(_lstm(z, c)[1])), "h is right. The memory is carried along as it is: the tanh is for what leaves the cell."),
        "results swapped": (lambda z, c: _lstm(z, c)[::-1], "The two results are swapped: h first, then the memory."),
    }  # fmt: skip
    asked = "h and the new memory, in this order. Print the four blocks, one by one"
    compare(attempt, _lstm, cases, wrong, asked=asked)
    for columns, units in ((6, 2), (4, 2), (8, 1), (9, 2), (7, 2), (12, 2), (8, 3), (4, 4), (2, 2), (16, 1)):
        z, c = rng.normal(size=(3, columns)), rng.normal(size=(3, units))
        memory = "one unit" if units == 1 else f"{units} units"
        attempt.must_refuse((z, c), f"A z of {columns} columns for a memory of {memory}", "width passes")
    return "The old memory is only ever scaled and added to: that one line is why an LSTM remembers."


@lesson.exercise(
    "Each of the four blocks has a kernel for the input, a kernel for the state and a bias.",
    "One block alone is a SimpleRNN: d k + k k + k numbers.",
)
def lstm_parameters(attempt: Attempt) -> str:
    """Return the number of parameters, an int, of keras.layers.LSTM(k) on d features."""
    sizes = ((3, 5), (64, 128), (1, 1), (5, 3), (1, 40), (300, 1), (7, 7), (257, 300), (2, 3))
    wrong = {
        "one block": (lambda d, k: d * k + k * k + k, "That is a SimpleRNN. How many such blocks has an LSTM?"),
        "three blocks": (lambda d, k: 3 * (d * k + k * k + k), "Three blocks are counted, as many as there are gates. What is the fourth block, the one that is no gate?"),
        "five blocks": (lambda d, k: 5 * (d * k + k * k + k), "Five blocks are counted. The memory c has no weights of its own: which four have?"),
        "no biases": (lambda d, k: 4 * (d * k + k * k), "The kernels are counted, the biases are not."),
        "one bias for all": (lambda d, k: 4 * (d * k + k * k) + k, "There is one bias vector for all four blocks here. Each block has its own."),
        "one number for a bias": (lambda d, k: 4 * (d * k + k * k + 1), "Each block has one single bias here. Each of its units has one."),
        "bias for each feature": (lambda d, k: 4 * (d * k + k * k + d), "There are as many biases as features here. A bias belongs to a unit."),
        "two biases": (lambda d, k: 4 * (d * k + k * k + 2 * k), "Two biases a block: that is how PyTorch counts. Keras has one."),
        "no input kernel": (lambda d, k: 4 * (k * k + k), "The weights from the features to the units are missing: where is the input read?"),
        "no recurrent kernel": (lambda d, k: 4 * (d * k + k), "The weights from the state to the state are missing: where is the old state read?"),
        "one number for each state": (lambda d, k: 4 * (d * k + k + k), "Each unit reads its own old state alone here. The kernel for the state leads from all k units to all k units."),
        "recurrent kernel once": (lambda d, k: 4 * d * k + k * k + 4 * k, "The state is read by all four blocks, and each has its own kernel for it."),
        "input kernel once": (lambda d, k: d * k + 4 * k * k + 4 * k, "The input is read by all four blocks, and each has its own kernel for it."),
        "biases alone fourfold": (lambda d, k: d * k + k * k + 4 * k, "The biases are counted for four blocks, the kernels for one."),
        "kernels multiplied": (lambda d, k: 4 * (d * k * k + k), "d, k and k are multiplied. The two kernels stand side by side: how many numbers has each?"),
        "input square too": (lambda d, k: 4 * (d * d + k * k + k), "The kernel for the input leads from d features to k units. How many numbers is that?"),
        "recurrent kernel from the features": (lambda d, k: 4 * (d * k + d * d + k), "The kernel for the state leads from k units to k units. Yours has d times d numbers."),
        "features and units swapped": (lambda d, k: 4 * (k * d + d * d + d), "That is LSTM(d) on k features. Which of the two is the number of units?"),
        "peepholes": (lambda d, k: 4 * (d * k + k * k + k) + 3 * k, "Three more numbers a unit: those are peepholes, by which gates look at the memory. Keras has none."),
        "states counted": (lambda d, k: 4 * (d * k + k * k + k) + 2 * k, "h and c are counted too. They are carried along, not learned."),
    }  # fmt: skip
    compare(
        attempt,
        _parameters,
        [case(d, k) for d, k in sizes],
        wrong,
        asked="all that the layer learns. Count one block on paper",
    )
    return "98,816 for 64 features and 128 units. The count does not depend on the number of time steps."


@lesson.exercise(
    "Sequence i ends at step lengths[i]. At which index along time is that, counted from 0?",
    "H[np.arange(n), steps] takes one step from each sequence; H[:, steps] takes all those steps from all of them.",
    "A length below 1 or above H.shape[1] asks for a ValueError. What would index -1 do?",
)
def last_states(attempt: Attempt) -> str:
    """Return each sequence's state at its own last step, (n, k), for H (n, time, k) and lengths (n,)."""
    rng = np.random.default_rng(17)

    def table(n: int, time: int, k: int, lengths: Sequence[int], note: str, size: float = 1.0) -> Case:
        return case(rng.normal(0, size, (n, time, k)), np.array(lengths), note=note)

    cases = [
        table(3, 6, 2, [2, 5, 3], "lengths 2, 5 and 3 in a table of 6 steps"),
        table(4, 7, 3, [3, 2, 5, 2], "two sequences of one length"),
        table(3, 6, 2, [6, 1, 6], "a sequence of one step between two that fill the table"),
        table(3, 6, 2, [1, 6, 4], "one step, the whole table, and something between"),
        table(1, 4, 3, [3], "one sequence"),
        table(5, 3, 2, [3, 3, 3, 3, 3], "sequences that all fill the table"),
        table(2, 1, 4, [1, 1], "a table of one step"),
        table(3, 5, 1, [4, 2, 3], "one unit"),
        table(3, 300, 2, [130, 300, 257], "lengths of 130, 300 and 257 in a table of 300 steps"),
        table(40, 25, 16, rng.integers(1, 26, 40), "forty sequences", size=40.0),
    ]
    _name_shapes(
        attempt,
        _last_states,
        cases[:2],
        {
            "all with all": (lambda H, lengths: H[:, lengths - 1], "Each of the lengths is applied to each of the sequences: the result has an axis too many. Which sequence does each length belong to?"),
            "all steps": (lambda H, lengths: H, "That is the whole table, every step of every sequence. One step from each is asked for."),
            "one unit alone": (lambda H, lengths: _last_states(H, lengths)[:, 0], "One number comes back for each sequence. A state has k of them."),
        },
    )  # fmt: skip
    wrong = {
        "the padding's state": (lambda H, lengths: H[:, -1], "Those are the states at the last column. What has the cell been reading there?"),
        "one step too late": (lambda H, lengths: H[np.arange(len(H)), lengths], "Each is one step late: a sequence of length 2 has the steps 0 and 1."),
        "late, held at the end": (lambda H, lengths: H[np.arange(len(H)), np.minimum(lengths, H.shape[1] - 1)], "All but the full ones are one step late: a sequence of length 2 has the steps 0 and 1."),
        "one step too early": (lambda H, lengths: H[np.arange(len(H)), lengths - 2], "Each is one step early."),
        "early, held at the start": (lambda H, lengths: H[np.arange(len(H)), np.maximum(lengths - 2, 0)], "All but those of length 1 are one step early."),
        "counted from the end": (lambda H, lengths: H[np.arange(len(H)), -lengths], "The lengths are counted from the end of the table here. Sequences begin at step 0."),
        "longest length for all": (lambda H, lengths: H[:, lengths.max() - 1], "All of them are read at the end of the longest. The others are over before that."),
        "shortest length for all": (lambda H, lengths: H[:, lengths.min() - 1], "All of them are read at the end of the shortest. The others go on."),
        "first length for all": (lambda H, lengths: H[:, lengths[0] - 1], "All of them are read at the end of the first sequence. Each has a length of its own."),
        "mean over the steps": (lambda H, lengths: np.stack([rows[:m].mean(axis=0) for rows, m in zip(H, lengths, strict=True)]), "That is the mean over each sequence's steps. The state at its last step is asked for."),
        "sum over the steps": (lambda H, lengths: np.stack([rows[:m].sum(axis=0) for rows, m in zip(H, lengths, strict=True)]), "Each sequence's states are added up. A mask picks all its steps; the last of them is asked for."),
        "mean over the table": (lambda H, lengths: H.mean(axis=1), "That is the mean over all columns, the padding included. The state at each sequence's last step is asked for."),
        "first states": (lambda H, lengths: H[:, 0], "Those are the first states. Nothing has been read by then but one item."),
        "in order of length": (lambda H, lengths: _last_states(H, lengths)[np.argsort(lengths, kind="stable")], "The right states, in the order of their lengths. Keep the order in which the sequences came."),
        "lengths sorted": (lambda H, lengths: H[np.arange(len(H)), np.sort(lengths) - 1], "The lengths are sorted first, and then belong to other sequences."),
    }  # fmt: skip
    compare(
        attempt,
        _last_states,
        cases,
        wrong,
        asked="for each sequence, in the order they came, its state at its own last step",
    )
    for shape, lengths, bad, name in (
        ((3, 6, 2), [2, 0, 3], 0, "length 0 passes"),
        ((3, 6, 2), [0, 5, 3], 0, "length 0 passes"),
        ((3, 6, 2), [2, 5, -1], -1, "negative length passes"),
        ((3, 6, 2), [-5, 5, 3], -5, "negative length passes"),
        ((3, 6, 2), [2, 7, 3], 7, "too long passes"),
        ((3, 6, 8), [2, 5, 8], 8, "too long passes"),
        ((9, 4, 7), [5, 1, 1, 2, 3, 4, 4, 2, 1], 5, "too long passes"),
    ):
        what = f"A length of {bad} in a table of {shape[1]} steps"
        if bad == 0:
            what += ", which would read index -1, the padding"
        attempt.must_refuse((rng.normal(size=shape), np.array(lengths)), what, name)
    return "Keras does the same when you give it a mask: padding costs time, and leaves no trace in the result."


@lesson.exercise(
    "For the text a b c d e f g and length 3: the inputs are abc and def. What comes after each of their letters?",
    "The last token has no successor, so it is nobody's input: (len(tokens) - 1) // length windows fit.",
    "Cut tokens[:n * length] and tokens[1 : n * length + 1] into rows with reshape.",
)
def next_token_batches(attempt: Attempt) -> str:
    """Return (inputs, targets), each (n, length): each target is the token after its input."""
    rng = np.random.default_rng(18)
    cases = [
        case(np.array([7, 3, 12, 0, 9, 4, 15, 1, 8, 2, 11, 6, 13, 5, 10]), 3, note="fifteen tokens in rows of 3, two left over"),
        case(np.array([7, 3, 12, 0, 9, 4]), 2, note="one token left over"),
        case(np.array([7, 3, 12, 0, 9, 4, 15, 1, 8, 2, 11]), 3, note="eleven tokens in rows of 3"),
        case(np.array([5, 2, 8, 6, 3]), 2, note="two rows and the token after them"),
        case(np.array([5, 2, 8, 6, 3, 9]), 3, note="six tokens in rows of 3, of which one row fits"),
        case(np.array([4, 0, 300, 4]), 3, note="the shortest text: one row and the token after it"),
        case(np.array([2, 9, 9, 1, 0, 30]), 2, note="one token left over"),
        case(np.array([61, 2]), 1, note="two tokens, rows of one"),
        case(np.array([9, 9, 9, 0, 9, 9, 9]), 1, note="rows of one"),
        case(np.array([3, 3, 5, 3, 3, 5, 5, 3, 3, 5, 7, 3]), 4, note="tokens that return"),
        case(rng.integers(2, 50_257, 1000), 40, note="a thousand tokens, numbers up to 50,256"),
    ]  # fmt: skip
    if _are_one_hot(attempt(*cases[0].args), cases[0]):
        raise NotYet(
            "The targets have three axes: they are one-hot. The sparse loss takes the token's number itself, (n, length).",
            "one-hot targets",
        )
    _name_shapes(
        attempt,
        _cut,
        cases[:6],
        {
            "last token without successor": (_cut_without_successor, "As many rows as the tokens fill: the last token of all is an input too, and has no successor. Which target did you give it?"),
            "overlapping rows": (_cut_at_every_token, "A row begins at every token, so that each stands in several rows. Let each row begin where the last one ended."),
            "a token skipped between rows": (_cut_with_a_gap, "Each row is cut out of length + 1 tokens of its own, and the last of these is never an input. Row i + 1 begins where row i ended."),
            "drops the last row": (lambda tokens, length: (_inputs(tokens, length)[:-1], None), "There is one row less than the text holds. How many rows fit, with the token after the last of them?"),
            "a row missing where they fit exactly": (_cut_with_one_token_too_many, "A row is missing where the tokens fit exactly. How many windows of length 2 hold five tokens, the last of which is only a target?"),
            "targets stop at the row's end": (lambda tokens, length: _cut_in_the_row(tokens, length, True), "The targets are one shorter than the inputs: the last input of each row has lost its own. The text goes on after the row."),
            "rows one shorter": (lambda tokens, length: _cut_in_the_row(tokens, length, False), "Inputs and targets are cut out of one row, and one place is lost. The text goes on after the row."),
            "not cut": (lambda tokens, length: (tokens[:-1], tokens[1:]), "Each target is the token after its input, and the text is still one long row. Cut both into rows of `length`."),
        },
    )  # fmt: skip
    wrong = {
        "not shifted": (lambda tokens, length: (_inputs(tokens, length), _inputs(tokens, length)), "Each target is its own input. A model that copies gets a loss near 0, and has learned nothing. In the text 7, 3, 12: what should follow 7?"),
        "shifted the wrong way": (lambda tokens, length: _cut(tokens, length)[::-1], "The right tables in the wrong order, or time runs backwards: from each token, the one before it is to be guessed."),
        "the token before": (lambda tokens, length: (_inputs(tokens, length), _inputs(np.roll(tokens, 1), length)), "The target of an input is the token before it. The model has just read that one."),
        "turned round in the window": (lambda tokens, length: (_inputs(tokens, length), np.roll(_inputs(tokens, length), -1, axis=1)), "At the end of each row the target is the first token of the same row. What really comes after the row's last token?"),
        "two ahead": (lambda tokens, length: (_inputs(tokens, length), _inputs(np.roll(tokens, -2), length)), "Each target is two tokens ahead: the model must guess across a gap."),
        "one added to the number": (lambda tokens, length: (_inputs(tokens, length), _inputs(tokens, length) + 1), "You added 1 to the numbers. The token one place further on is asked for."),
        "the next window": (lambda tokens, length: (_inputs(tokens, length), np.roll(_inputs(tokens, length), -1, axis=0)), "The targets are the next window: each lies a whole row ahead of its input. One token ahead is asked for."),
        "zero at the end of the row": (lambda tokens, length: _with_row_ends(tokens, length, 0), "The last target of each row is 0, and 0 is a token like any other. The text goes on after the row: with what?"),
        "last token repeated": (lambda tokens, length: _with_row_ends(tokens, length, _inputs(tokens, length)[:, -1]), "The last target of each row is its own input. The text goes on after the row: with what?"),
        "a token skipped between rows": (_cut_with_a_gap, "Each row is cut out of length + 1 tokens of its own, and the last of these is never an input. Row i + 1 begins where row i ended."),
        "left over at the front": (lambda tokens, length: _cut(tokens[(len(tokens) - 1) % length :], length), "The tokens that are left over are dropped at the front here. The first row begins with the first token."),
        "text backwards": (lambda tokens, length: _cut(tokens[::-1], length), "The text is read from its end. The first row of inputs is its beginning."),
        "rows run down": (_cut_down, "Your text runs down the columns. Row i + 1 begins where row i ended."),
    }  # fmt: skip
    compare(
        attempt,
        _cut,
        cases,
        wrong,
        asked="two tables of the same shape, token numbers as ints: the text cut into rows, and the token after each of its inputs",
    )
    for tokens, length, what, name in (
        ([7, 3, 12], 3, "A text of 3 tokens and length 3", "short text passes"),
        ([7, 3], 3, "A text of 2 tokens and length 3", "short text passes"),
        ([7], 1, "A single token", "short text passes"),
        ([], 1, "A text without any token", "short text passes"),
        (cases[2].args[0], 11, "A text of 11 tokens and length 11", "short text passes"),
        (cases[2].args[0], 0, "A length of 0", "length 0 passes"),
        (cases[2].args[0], -1, "A length of -1", "negative length passes"),
        (cases[2].args[0], -3, "A length of -3", "negative length passes"),
        ([], -1, "A text without any token, and a length of -1", "negative length passes"),
        ([4, -1, 2, 5], 3, "A token of -1, which is no character", "negative token passes"),
        ([-7, 1, 2, 5, 3, 8, 9], 3, "A first token of -7", "negative token passes"),
        ([4, 1, 2, -5], 3, "A last token of -5", "negative target passes"),
        ([4, 1, 2, 5, 3, -1], 3, "A token of -1 among those that are left over", "negative token left over passes"),
    ):
        attempt.must_refuse((np.array(tokens, dtype=int), length), what, name)
    return "Every language model of this course, the GPT of lesson 16 too, is trained on these two tables."


def when_right(answer: Callable) -> Callable:
    """Return the learner's function where its check finds it right, else the course's own, for the lesson to go on with.

    Parameters
    ----------
    answer : callable
        One of the exercises of this lesson, under its name.

    Returns
    -------
    callable
        It takes what `answer` takes, and returns floats, float64 or int arrays, or a list or pair of them, whatever kind the
        learner chose. A right step that computes in float32 is not handed on: the lesson's proofs need the digits of float64.

    Raises
    ------
    ValueError
        If the lesson goes on with no function of that name.
    """
    rng = np.random.default_rng(20)
    shapes = {"rnn_step": ((2, 3), (2, 4), (3, 4), (4, 4), (4,)), "lstm_step": ((2, 16), (2, 4))}
    proofs = {name: (tuple(rng.normal(size=shape) for shape in found), 1e-13) for name, found in shapes.items()}
    return lesson.when_right(answer, _OWN, proofs)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _same(v: Any) -> Any:
    return v


def _name_shapes(
    attempt: Attempt, reference: Callable, cases: Sequence[Case], wrong: Mapping[str, tuple[Callable, str]]
) -> None:
    """Raise `NotYet` where the answer has another shape than is asked for, and equals a known wrong result in all cases.

    A known wrong result may hold None for a part that may be anything.
    """
    answers = []
    for each in cases:
        try:
            answers.append(attempt(*each.args))
        except NotYet:  # said elsewhere
            break
    tried = list(zip(answers, cases, strict=False))
    for name, (function, message) in wrong.items():
        values = [function(*each.args) for _, each in tried]
        rights = [reference(*each.args) for _, each in tried]
        if any(map(_has_another_shape, values, rights)) and all(map(_equal, answers, values)):
            raise NotYet(message, name)


def _has_another_shape(value: Any, right: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_has_another_shape, value, right))
    return value is not None and np.shape(value) != np.shape(right)


def _equal(answer: Any, value: Any) -> bool:
    """Return whether `answer` holds the same as `value`, shapes included; whatever `answer` is, nothing is raised."""
    if value is None:
        return True
    if isinstance(value, tuple):
        try:
            parts = results(answer, len(value))
        except NotYet:
            return False
        return all(map(_equal, parts, value))
    try:
        found = np.asarray(answer)
    except Exception:  # a list of uneven parts, or an object that is none of ours
        return False
    if found.shape != value.shape or found.dtype.kind not in "iuf":
        return False
    return np.allclose(found, value, rtol=1e-5, atol=1e-6)


# rnn_step


def _step(x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.tanh(x @ W + h @ U + b)


def _sizes(n: int, d: int, k: int, x_size: float, size: float) -> list[tuple[float, tuple]]:
    """Return (size of the entries, shape) of x, W, U and b."""
    return [(x_size, (n, d)), (size, (d, k)), (size, (k, k)), (size, (k,))]


# gradient_through_time


def _states(x: np.ndarray, w: float, u: float) -> np.ndarray:
    """Return h_0 to h_T."""
    states = [0.0]
    for value in x:
        states.append(w * value + u * states[-1])
    return np.array(states)


def _powers(x: np.ndarray, u: float) -> np.ndarray:
    """Return what reaches each step of the slope 1 at the end."""
    return float(u) ** np.arange(len(x) - 1, -1, -1)


def _slopes(x: np.ndarray, w: float, u: float) -> tuple[float, float]:
    powers = _powers(x, u)
    return float(powers @ x), float(powers @ _states(x, w, u)[:-1])


def _slopes_of_the_sum(x: np.ndarray, w: float, u: float) -> tuple[float, float]:
    arrives = np.cumsum(_powers(x, u)[::-1])[::-1]
    return float(arrives @ x), float(arrives @ _states(x, w, u)[:-1])


def _slopes_with_tanh(x: np.ndarray, w: float, u: float, forward: bool) -> tuple[float, float]:
    states = [0.0]
    for value in x:
        z = w * value + u * states[-1]
        states.append(float(np.tanh(z)) if forward else z)
    grad_h, grad_w, grad_u = 1.0, 0.0, 0.0
    for t in reversed(range(len(x))):
        grad_z = grad_h * (1 - states[t + 1] ** 2)
        grad_w += grad_z * x[t]
        grad_u += grad_z * states[t]
        grad_h = grad_z * u
    return grad_w, grad_u


# clip_by_global_norm


def _norm(grads: Sequence[np.ndarray]) -> float:
    return float(np.sqrt(sum(np.sum(g**2) for g in grads)))


def _shrunk(grads: Sequence[np.ndarray], limit: float, norm: float) -> list[np.ndarray]:
    """Return the arrays times limit / norm where `norm` is above the limit, as they are otherwise."""
    factor = limit / norm if norm > limit else 1.0
    return [np.asarray(g * factor) for g in grads]


def _come_with_a_number(answer: Any, grads: Sequence[np.ndarray]) -> bool:
    """Return whether `answer` is a pair: arrays, and a number, such as the common norm, which TensorFlow returns with them."""
    try:
        arrays, beside = results(answer, 2)
        shapes = [np.shape(part) for part in results(arrays, len(grads))]
        number(np.squeeze(beside))
    except (NotYet, ValueError):
        return False
    return shapes == [g.shape for g in grads]


def _clipped(grads: Sequence[np.ndarray], limit: float) -> list[np.ndarray]:
    return _shrunk(grads, limit, _norm(grads))


# lstm_step


def _lstm(
    z: np.ndarray,
    c: np.ndarray,
    order: str = "ifgo",
    gate: Callable = _sigmoid,
    squash: Callable = np.tanh,
    out: Callable = np.tanh,
    keep: Callable = lambda i, f: f,
    take: Callable = lambda i, f: i,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (h, c_new); each option is one part of the cell that can be got wrong."""
    block = dict(zip(order, np.split(z, 4, axis=1), strict=True))
    i, f, o = gate(block["i"]), gate(block["f"]), gate(block["o"])
    c_new = keep(i, f) * c + take(i, f) * squash(block["g"])
    return o * out(c_new), c_new


def _old_memory_shown(z: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    o = np.split(z, 4, axis=1)[3]
    return _sigmoid(o) * np.tanh(c), _lstm(z, c)[1]


# lstm_parameters


def _parameters(d: int, k: int) -> int:
    return 4 * (d * k + k * k + k)


# last_states


def _last_states(H: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return H[np.arange(len(H)), lengths - 1]


# next_token_batches


def _cut(tokens: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    n = (len(tokens) - 1) // length
    return tokens[: n * length].reshape(n, length), tokens[1 : n * length + 1].reshape(n, length)


def _inputs(tokens: np.ndarray, length: int) -> np.ndarray:
    return _cut(tokens, length)[0]


def _cut_without_successor(tokens: np.ndarray, length: int) -> tuple[np.ndarray, None]:
    """Return the inputs; any targets may go with them."""
    n = len(tokens) // length
    return tokens[: n * length].reshape(n, length), None


def _cut_at_every_token(tokens: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    places = np.arange(len(tokens) - length)[:, None] + np.arange(length)
    return tokens[places], tokens[places + 1]


def _cut_with_one_token_too_many(tokens: np.ndarray, length: int) -> tuple[Any, Any]:
    """Return the tables of an answer that wants length + 2 tokens for a row; where it has none, any tables may come."""
    n = (len(tokens) - 2) // length
    if n == 0:
        return None, None
    return tokens[: n * length].reshape(n, length), tokens[1 : n * length + 1].reshape(n, length)


def _cut_in_the_row(tokens: np.ndarray, length: int, full_inputs: bool) -> tuple[np.ndarray, np.ndarray]:
    rows = _inputs(tokens, length)
    return rows if full_inputs else rows[:, :-1], rows[:, 1:]


def _cut_with_a_gap(tokens: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    n = len(tokens) // (length + 1)
    rows = tokens[: n * (length + 1)].reshape(n, length + 1)
    return rows[:, :-1], rows[:, 1:]


def _cut_down(tokens: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    inputs, targets = _cut(tokens, length)
    return inputs.reshape(length, -1).T, targets.reshape(length, -1).T


def _with_row_ends(tokens: np.ndarray, length: int, ends: Any) -> tuple[np.ndarray, np.ndarray]:
    inputs, targets = _cut(tokens, length)
    targets = targets.copy()
    targets[:, -1] = ends
    return inputs, targets


def _are_one_hot(answer: Any, each: Case) -> bool:
    """Return whether the targets of `answer` are the right ones, each as a row of zeros and a one."""
    try:
        targets = np.asarray(results(answer, 2)[1])
    except Exception:  # no pair, or targets of uneven parts: said elsewhere
        return False
    if targets.ndim != 3 or targets.dtype.kind not in "biuf" or targets.size == 0:
        return False
    return np.array_equal(targets.argmax(axis=-1), _cut(*each.args)[1])


# what the lesson goes on with


def _floats(value: Any) -> np.ndarray:
    return np.array(value, dtype=float)


def _list_of_floats(values: Any) -> list[np.ndarray]:
    return [_floats(value) for value in values]


def _pair_of_numbers(values: Any) -> tuple[float, float]:
    first, second = values
    return float(first), float(second)


def _pair_of_floats(values: Any) -> tuple[np.ndarray, np.ndarray]:
    first, second = values
    return _floats(first), _floats(second)


def _pair_of_ints(values: Any) -> tuple[np.ndarray, np.ndarray]:
    first, second = values
    return np.array(first, dtype=int), np.array(second, dtype=int)


_OWN = {
    "rnn_step": (_step, _floats),
    "gradient_through_time": (_slopes, _pair_of_numbers),
    "clip_by_global_norm": (_clipped, _list_of_floats),
    "lstm_step": (_lstm, _pair_of_floats),
    "last_states": (_last_states, _floats),
    "next_token_batches": (_cut, _pair_of_ints),
    "lstm_parameters": (_parameters, int),
}
