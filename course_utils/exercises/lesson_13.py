"""Exercises of lesson 13: a recurrent step, a gradient through time, clipping, LSTM gates, masks, targets one step ahead."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking import Attempt, Lesson, NotYet, array, close, number, reject_known

lesson = Lesson("13_recurrent_networks")
EXERCISES = lesson.exercises


@lesson.exercise(
    "Two products and a bias go into the sum: one for what comes in, one for what is remembered.",
    "np.tanh goes around the whole sum. Which shapes have x @ W and h @ U?",
)
def rnn_step(attempt: Attempt) -> str:
    """Return the next state (n, k) for x (n, d), state h (n, k), W (d, k), U (k, k), b (k,)."""
    rng = np.random.default_rng(13)
    x, h, W, U, b = (rng.normal(size=s) for s in ((2, 4), (2, 3), (4, 3), (3, 3), 3))
    got = array(attempt(x, h, W, U, b), (2, 3))
    z = x @ W + h @ U + b
    wrong = {
        "no tanh": (z, "The sum is right and not squashed. Repeated at each step, what keeps it from growing?"),
        "sigmoid": (1 / (1 + np.exp(-z)), "That is a sigmoid around the sum. This cell uses tanh: its state may be negative too."),
        "past forgotten": (np.tanh(x @ W + b), "The old state is not used: this cell remembers nothing. Which product is missing?"),
        "input forgotten": (np.tanh(h @ U + b), "The input is not used: the cell is deaf. Which product is missing?"),
        "recurrent kernel transposed": (np.tanh(x @ W + h @ U.T + b), "U is square, so no shape complains when it is transposed. Here row i of U says where unit i's state goes."),
        "bias forgotten": (np.tanh(x @ W + h @ U), "The bias b is missing."),
        "two tanhs": (np.tanh(x @ W + b) + np.tanh(h @ U), "Input and memory are squashed one by one here and then added: the result can leave the range from -1 to 1. Squash the sum."),
        "state added": (h + np.tanh(z), "The old state is added on top. The new state replaces the old one."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, np.tanh(z)):
        raise NotYet(f"Your result differs from tanh of the sum by up to {np.abs(got - np.tanh(z)).max():.2g}.")
    one = array(attempt(x[:1], h[:1], W, U, b), (1, 3))
    if not close(one, np.tanh(z[:1])):
        raise NotYet("It fits a batch of two and not a batch of one.", "fixed batch")
    return "The same three weights serve every step: that is why a recurrent network takes sequences of any length."


@lesson.exercise(
    "Walk forward and keep every state. Then walk back with a number `grad_h` that starts at 1.",
    "At step t, w receives grad_h times the input of that step, u receives grad_h times the state before it.",
    "Between two steps grad_h is multiplied by u.",
)
def gradient_through_time(attempt: Attempt) -> str:
    """Return (dh_T/dw, dh_T/du) for h_t = w x_t + u h_(t-1) and h_0 = 0; ValueError for an empty x."""
    x, w, u = np.array([1.5, -2.0, 0.5, 3.0]), 0.8, 0.6
    got = array(_pair(attempt(x, w, u)), (2,))
    states = [0.0]
    for value in x:
        states.append(w * value + u * states[-1])
    before, powers = np.array(states[:-1]), u ** np.arange(3, -1, -1)
    right = np.array([powers @ x, powers @ before])
    wrong = {
        "last step only": ([x[-1], before[-1]], "That is what the last step alone contributes. w and u were used at every step before it too."),
        "nothing fades": ([x.sum(), before.sum()], "Each step counts fully here. On its way back from the end, by what is the gradient multiplied at each step?"),
        "one step too many": (u * right, "All of it is multiplied by u once too often. How many steps lie between h_T and itself?"),
        "swapped": (right[::-1], "The two are swapped: the one for w comes first."),
        "time reversed": ([powers[::-1] @ x, powers[::-1] @ before], "The first input fades least here. Which one is nearest to the end?"),
        "states after, not before": ([powers @ x, powers @ states[1:]], "u multiplies the state before the step. Yours is multiplied with the state after it."),
        "w in the chain": ([w ** np.arange(3, -1, -1) @ x, w ** np.arange(3, -1, -1) @ before], "From step to step the state goes through u. Yours is multiplied by w."),
        "the state itself": ([states[-1], states[-1]], "That is h_T itself. Its slopes in w and in u are asked for."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, right):
        raise NotYet(f"For x = {x.tolist()}, w = 0.8, u = 0.6 you return {got.round(4).tolist()}. Nudge w, and see.")
    if not close(array(_pair(attempt(x[:1], w, u)), (2,)), [1.5, 0]):
        raise NotYet("For one step, h_1 = w x_1: its slopes are x_1 and 0. Yours differ.", "fixed length")
    said = attempt.error(x[:0], w, u)
    if not isinstance(said, ValueError):
        raise NotYet(f"An empty sequence {_what(said)}. A ValueError is asked for: there is no last step.", "empty passes")  # fmt: skip
    return "Every step adds its share, faded by u once for each step of distance: that is all of backprop through time."


@lesson.exercise(
    "The global norm is the length of one long vector that holds all entries of all arrays.",
    "norm = np.sqrt(sum(np.sum(g**2) for g in grads)). By what is everything multiplied if it is too long, and if not?",
    "np.isfinite(norm) is False as soon as any entry is NaN or infinite.",
)
def clip_by_global_norm(attempt: Attempt) -> str:
    """Return the arrays of grads, shrunk together to a common norm of at most limit; ValueError for NaN."""
    grads = [np.array([[3.0, -4.0], [0.0, 1.0]]), np.array([12.0, 0.5])]
    got = _arrays(attempt(grads, 2.0), grads)
    flat = np.concatenate([g.ravel() for g in grads])
    norms, norm = [np.linalg.norm(g) for g in grads], np.linalg.norm(flat)
    wrong = {
        "each array by itself": (np.concatenate([g.ravel() * 2 / n for g, n in zip(grads, norms, strict=True)]), "Each array is shrunk by its own norm. Together they point somewhere else now: which one norm serves them all?"),
        "each entry cut": (np.clip(flat, -2, 2), "Each entry is cut at the limit. That turns the step into another direction; shrinking all by one factor does not."),
        "divided by the norm": (flat / norm, "The common norm is 1 now. What is the limit?"),
        "norm not rooted": (flat * 2 / norm**2, "You divide by the sum of squares. A norm is its root."),
        "sum of the norms": (flat * 2 / sum(norms), "The norms of the arrays are added up. Lengths at right angles add as squares do."),
        "absolute values": (flat * 2 / np.abs(flat).sum(), "You divide by the sum of absolute values. The Euclidean norm is asked for."),
        "largest entry": (flat * 2 / np.abs(flat).max(), "You divide by the largest entry. The norm counts all of them."),
        "not clipped": (flat, "Their common norm is about 13 and the limit is 2, and nothing has changed."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, flat * 2 / norm, 1e-5):
        raise NotYet(f"The common norm of what you return is {np.linalg.norm(got):.4g}; the limit is 2, the directions stay.")  # fmt: skip
    if not close(_arrays(attempt(grads, 50.0), grads), flat):
        raise NotYet("Gradients below the limit are changed too. A small step near the goal would become a large one.", "small ones grow")  # fmt: skip
    zeros = [np.zeros((2, 2)), np.zeros(3)]
    try:
        still = np.abs(_arrays(attempt(zeros, 1.0), zeros)).max()
    except NotYet as error:
        if error.name != "not finite":
            raise
        raise NotYet("Gradients that are all 0 come back as NaN. What do you divide by?", "zero divides") from None
    if still > 0:
        raise NotYet("Gradients that are all 0 come back as something else.", "zero divides")
    hole = np.array([1.0, np.nan])
    for grads, name in (([hole, np.ones(2)], "NaN passes"), ([np.ones(2), hole], "NaN passes in a later array")):
        said = attempt.error(grads, 1.0)
        if not isinstance(said, ValueError):
            where = "first" if name == "NaN passes" else "last"
            raise NotYet(f"A NaN in the {where} array {_what(said)}. A ValueError is asked for: one NaN would spoil every weight.", name)  # fmt: skip
    return "One factor for all arrays: the step gets shorter and keeps its direction."


@lesson.exercise(
    "np.split(z, 4, axis=1) gives the four blocks. Three of them become gates between 0 and 1, one becomes content between -1 and 1.",
    "The new memory is forget times old plus input times candidate. What leaves the cell is the output gate times tanh of the new memory.",
    "z.shape[1] != 4 * c.shape[1] asks for a ValueError.",
)
def lstm_step(attempt: Attempt) -> str:
    """Return (h, c_new), each (n, k), for z (n, 4 k) in the order i, f, g, o and memory c (n, k)."""
    rng = np.random.default_rng(13)
    z, c = rng.normal(size=(3, 8)), rng.normal(size=(3, 2))
    got = np.stack([array(part, (3, 2)) for part in _pair(attempt(z, c))])

    def step(blocks: Any, squash: Any = np.tanh, out: Any = np.tanh, keep: Any = lambda f, c: f * c) -> np.ndarray:
        i, f, g, o = blocks
        i, f, g, o = _sigmoid(i), _sigmoid(f), squash(g), _sigmoid(o)
        new = keep(f, c) + i * g
        return np.stack([o * out(new), new])

    i, f, g, o = np.split(z, 4, axis=1)
    right = step((i, f, g, o))
    wrong = {
        "candidate in the last place": (step((i, f, o, g)), "Your blocks are i, f, o, g. Keras keeps the candidate third: i, f, g, o."),
        "input and forget swapped": (step((f, i, g, o)), "What should forget lets in, and the other way round. Which block comes first?"),
        "gates interleaved": (step(np.moveaxis(z.reshape(3, 2, 4), 2, 0)), "Your gates take every fourth column. In Keras all columns of one gate stand side by side."),
        "candidate through a sigmoid": (step((i, f, g, o), squash=_sigmoid), "The candidate goes through a sigmoid: the memory could then only grow. Which function has both signs?"),
        "candidate not squashed": (step((i, f, g, o), squash=lambda v: v), "The candidate goes in as it is. It is squashed by tanh first."),
        "memory leaves unsquashed": (step((i, f, g, o), out=lambda v: v), "The new memory is right. On its way out it passes a tanh, and then the output gate."),
        "memory overwritten": (step((i, f, g, o), keep=lambda f, c: 0 * c), "The old memory c is gone. Which gate decides how much of it stays?"),
        "never forgets": (step((i, f, g, o), keep=lambda f, c: c), "All of the old memory stays. Where is the forget gate used?"),
        "results swapped": (right[::-1], "The two results are swapped: h first, then the memory."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, right):
        raise NotYet(
            f"Your results differ by up to {np.abs(got - right).max():.2g}. Print the four blocks, one by one."
        )
    columns = [1, 3, 5, 7]  # the second unit's column of each block
    other = np.stack([array(part, (3, 1)) for part in _pair(attempt(z[:, columns], c[:, 1:]))])
    if not close(other, right[:, :, 1:]):
        raise NotYet("It fits two units and not one.", "fixed width")
    for wide, memory in ((z[:, :6], c), (z[:, :4], c), (z, c[:, :1])):
        said, k = attempt.error(wide, memory), memory.shape[1]
        if not isinstance(said, ValueError):
            raise NotYet(f"A z of {wide.shape[1]} columns with a memory of {k} {_what(said)}. A ValueError is asked for: four gates of {k} need {4 * k}.", "width passes")  # fmt: skip
    return "The old memory is only ever scaled and added to: that one line is why an LSTM remembers."


@lesson.exercise(
    "Each of the four blocks has a kernel for the input, a kernel for the state and a bias.",
    "One block alone is a SimpleRNN: d k + k k + k numbers.",
)
def lstm_parameters(attempt: Attempt) -> str:
    """Return the number of parameters, an int, of keras.layers.LSTM(k) on d features."""
    d, k = 3, 5
    got = number(attempt(d, k))
    wrong = {
        "one block": (d * k + k * k + k, "That is a SimpleRNN. How many such blocks has an LSTM?"),
        "three blocks": (3 * (d * k + k * k + k), "Three gates are counted. What is the fourth block, the one that is no gate?"),
        "no biases": (4 * (d * k + k * k), "The kernels are counted, the biases are not."),
        "one bias for all": (4 * (d * k + k * k) + k, "There is one bias vector for all four blocks here. Each block has its own."),
        "two biases": (4 * (d * k + k * k + 2 * k), "Two biases a block: that is how PyTorch counts. Keras has one."),
        "no recurrent kernel": (4 * (d * k + k), "The weights from the state to the state are missing: where is the old state read?"),
        "recurrent kernel once": (4 * d * k + k * k + 4 * k, "The state is read by all four blocks, and each has its own kernel for it."),
        "input square too": (4 * (d * d + k * k + k), "The kernel for the input leads from d features to k units. How many numbers is that?"),
    }  # fmt: skip
    reject_known(got, wrong)
    if got != 4 * (d * k + k * k + k):
        raise NotYet(f"For 3 features and 5 units you return {got:g}. Count one block on paper.")
    if number(attempt(64, 128)) != 98816:
        raise NotYet("It fits 3 and 5, and not 64 and 128.", "fixed sizes")
    return "98,816 for 64 features and 128 units. The count does not depend on the number of time steps."


@lesson.exercise(
    "Sequence i ends at step lengths[i]. At which index along time is that, counted from 0?",
    "H[np.arange(n), steps] takes one step from each sequence; H[:, steps] takes all those steps from all of them.",
    "A length below 1 or above H.shape[1] asks for a ValueError. What would index -1 do?",
)
def last_states(attempt: Attempt) -> str:
    """Return each sequence's state at its own last step, (n, k), for H (n, time, k) and lengths (n,)."""
    H, lengths = np.random.default_rng(13).normal(size=(3, 6, 2)), np.array([2, 5, 3])
    answer = attempt(H, lengths)
    if np.shape(answer) == (3, 3, 2):
        raise NotYet("You get shape (3, 3, 2): each of the three lengths is applied to each of the sequences.", "all with all")  # fmt: skip
    got, rows = array(answer, (3, 2)), np.arange(3)
    wrong = {
        "the padding's state": (H[:, -1], "Those are the states at the last column. What has the cell been reading there?"),
        "one step too late": (H[rows, lengths], "Each is one step late: a sequence of length 2 has the steps 0 and 1."),
        "one step too early": (H[rows, lengths - 2], "Each is one step early."),
        "counted from the end": (H[rows, -lengths], "The lengths are counted from the end of the table here. Sequences begin at step 0."),
        "longest length for all": (H[:, 4], "All of them are read at the end of the longest. Two of the three are over before that."),
        "shortest length for all": (H[:, 1], "All of them are read at the end of the shortest. Two of the three go on."),
        "mean over the steps": (np.stack([H[i, :n].mean(axis=0) for i, n in enumerate(lengths)]), "That is the mean over each sequence's steps. The state at its last step is asked for."),
        "first states": (H[:, 0], "Those are the first states. Nothing has been read by then but one item."),
    }  # fmt: skip
    reject_known(got, wrong)
    if not close(got, H[rows, lengths - 1]):
        raise NotYet(f"For lengths {lengths.tolist()}, the first sequence ends at index 1. Print H[0] and compare.")
    if not close(array(attempt(H, np.array([6, 1, 6])), (3, 2)), H[rows, [5, 0, 5]]):
        raise NotYet("A sequence that fills the whole row, or has one step, comes out wrong.", "edges")
    for bad, name in ((0, "length 0 passes"), (7, "too long passes")):
        said = attempt.error(H, np.array([2, bad, 3]))
        if not isinstance(said, ValueError):
            text = f"A length of {bad} in a table of 6 steps {_what(said)}. A ValueError is asked for."
            raise NotYet(text + (" Index -1 is the padding." if bad == 0 else ""), name)
    return "Keras does the same when you give it a mask: padding costs time, and leaves no trace in the result."


@lesson.exercise(
    "For the text a b c d e f g and length 3: the inputs are abc and def. What comes after each of their letters?",
    "The last token has no successor, so it is nobody's input: (len(tokens) - 1) // length windows fit.",
    "Cut tokens[:n * length] and tokens[1 : n * length + 1] into rows with reshape.",
)
def next_token_batches(attempt: Attempt) -> str:
    """Return (inputs, targets), each (n, length): each target is the token after its input."""
    tokens = np.array([7, 3, 12, 0, 9, 4, 15, 1, 8, 2, 11])
    inputs, targets = _tables(attempt(tokens, 3), tokens, 3)
    a, b = tokens[:9].reshape(3, 3), tokens[1:10].reshape(3, 3)
    if close(inputs, b) and close(targets, a):
        raise NotYet("The right tables in the wrong order, or time runs backwards: from each token, the one before it is to be guessed.", "shifted the wrong way")  # fmt: skip
    if not close(inputs, a):
        raise NotYet(f"The inputs should be the text, cut into rows of 3: the first row is 7, 3, 12. Yours is {inputs[0].tolist()}.", "inputs changed")  # fmt: skip
    wrong = {
        "not shifted": (a, "Each target is its own input. A model that copies gets a loss near 0, and has learned nothing. What should follow 7?"),
        "shifted the wrong way": (np.roll(tokens, 1)[:9].reshape(3, 3), "The target of an input is the token before it. The model has just read that one."),
        "turned round in the window": (np.roll(a, -1, axis=1), "At the end of each row the target is the first token of the same row. What really comes after 12?"),
        "two ahead": (tokens[2:11].reshape(3, 3), "Each target is two tokens ahead: the model must guess across a gap."),
        "one added to the number": (a + 1, "You added 1 to the numbers. The token one place further on is asked for."),
    }  # fmt: skip
    reject_known(targets, wrong)
    if close(targets[:-1], a[1:]):
        raise NotYet("The targets are the next window: each lies a whole row ahead of its input. One token ahead is asked for.", "the next window")  # fmt: skip
    if close(targets[:, :-1], b[:, :-1]) and not close(targets, b):
        raise NotYet(f"At the ends of the rows you have {targets[:, -1].tolist()} as targets. The text goes on there: {b[:, -1].tolist()}.", "end of the row")  # fmt: skip
    if not close(targets, b):
        raise NotYet(f"After 7, 3, 12 the text goes on with 0. Your first row of targets is {targets[0].tolist()}.")
    short = attempt(tokens[:9], 3)
    if np.shape(short[0]) == (3, 3):
        raise NotYet("Nine tokens make two rows of 3, not three: the ninth has no successor. Which target did you give it?", "last token without successor")  # fmt: skip
    inputs, targets = _tables(short, tokens[:9], 3)
    if not (close(inputs, a[:2]) and close(targets, b[:2])):
        raise NotYet("It fits eleven tokens and not nine.", "fixed text")
    inputs, targets = _tables(attempt(tokens[:7], 3), tokens[:7], 3)
    if not (close(inputs, a[:2]) and close(targets, b[:2])):
        raise NotYet("It fits eleven tokens and not seven.", "fixed text")
    if attempt.error(tokens[:4], 3) is not None:
        raise NotYet(
            "Four tokens hold one row of 3 and the token after it. Yours refuses them.", "shortest text refused"
        )
    for arguments, what, name in (
        ((tokens[:3], 3), "A text of 3 tokens and length 3", "short text passes"),
        ((tokens, 0), "A length of 0", "length 0 passes"),
        ((np.array([4, -1, 2, 5]), 3), "A token of -1, which is no character,", "negative token passes"),
        ((np.array([4, 1, 2, -5]), 3), "A last token of -5", "negative target passes"),
    ):
        said = attempt.error(*arguments)
        if not isinstance(said, ValueError):
            raise NotYet(f"{what} {_what(said)}. A ValueError is asked for.", name)
    return "Every language model of this course, the GPT of lesson 15 too, is trained on these two tables."


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _what(said: Exception | None) -> str:
    return "passes without a word" if said is None else f"stops it with {type(said).__name__}"


def _pair(value: Any) -> tuple[Any, Any]:
    if isinstance(value, (str, bytes, dict, set)) or not hasattr(value, "__len__") or len(value) != 2:
        raise NotYet("Two results are asked for, one after the other: `return first, second`.", "not a pair")
    return value[0], value[1]


def _arrays(value: Any, like: list[np.ndarray]) -> np.ndarray:
    """Return the entries of a list of arrays, shaped as those of `like`, as one vector."""
    if isinstance(value, (str, bytes, dict, set)) or not hasattr(value, "__len__") or len(value) != len(like):
        raise NotYet(f"A list of {len(like)} arrays is asked for, shaped like the ones that go in.", "not a list")
    return np.concatenate([array(part, g.shape).ravel() for part, g in zip(value, like, strict=True)])


def _tables(value: Any, tokens: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs and targets as arrays; raises `NotYet` where their shapes are others than the text allows."""
    inputs, targets = _pair(value)
    n = (len(tokens) - 1) // length
    if np.ndim(targets) == 3:
        raise NotYet("The targets have three axes: they are one-hot. The sparse loss takes the token's number itself, (n, length).", "one-hot targets")  # fmt: skip
    if np.shape(inputs) == (len(tokens) - length, length):
        raise NotYet("A row begins at every token, so that each stands in several rows. Let each row begin where the last one ended.", "overlapping rows")  # fmt: skip
    if np.shape(inputs) == (n - 1, length):
        raise NotYet(f"{len(tokens)} tokens hold {n} rows of {length}, and the token after. You return one row less.", "drops the last row")  # fmt: skip
    if np.shape(inputs) == (n, length - 1) or np.shape(targets) == (n, length - 1):
        raise NotYet(f"A row has {length - 1} places, not {length}: its last input has lost its target. The text goes on after the row.", "targets stop at the row's end")  # fmt: skip
    return array(inputs, (n, length)), array(targets, (n, length))
