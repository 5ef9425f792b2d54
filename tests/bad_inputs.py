"""Every public function with a good call, and the kind of each of its arguments.

`test_refusals` derives the bad calls from the kinds: what each kind must refuse, and in which
words, is said once, below. A new public function needs one line in `CALLS`.
"""

from typing import NamedTuple

import numpy as np

S = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 4.0]])  # two rows of three scores
P = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]])  # two distributions over three outcomes
R = np.array([0.5, -1.0, 2.0])  # three numbers
Y = np.array([2, 0])  # a class for each of two rows
BITS = np.array([0.0, 1.0, 1.0])
ENDINGS = ("", "_gradient")


class Call(NamedTuple):
    arguments: dict[str, tuple[str, np.ndarray]]  # name: (kind, a good value)
    options: dict[str, str] = {}  # noqa: RUF012 (never changed)
    whole: bool = False  # the result is whole numbers
    required: dict[str, object] = {}  # noqa: RUF012 (options that have no default)


def data(**arguments):
    return arguments


SOFTMAX = Call(
    data(labels=("classes", Y), logits=("scores", S)),
    {"label_smoothing": "closed unit", "class_weights": "weights"},
)
SOFT = Call(data(labels=("soft labels", P), logits=("scores", S)))
BINARY = Call(data(labels=("binary", np.array([0.0, 1.0, 0.25])), logits=("extended", R)))
BRIER = Call(data(labels=("classes", Y), probabilities=("distribution", P)))
SOFT_BRIER = Call(data(labels=("soft labels", P), probabilities=("distribution", P)))
PAIR = Call(data(p=("distribution", P), q=("distribution", P[::-1])), {"base": "base"})
TABLE = Call(data(joint=("table", np.array([[0.5, 0.25], [0.25, 0.0]]))), {"base": "base"})
NUMBER = Call(data(y_true=("real", R), y_pred=("real", R[::-1])))
SIGNED = Call(data(y_true=("signs", np.array([-1.0, 1.0, 1.0])), scores=("real", R)))
MARGIN = Call(data(labels=("classes", Y), scores=("rows", S)), {"margin": "nonnegative"})
WEIGHTS = Call(data(w=("rows", S)))
SPARSE = Call(
    data(X=("features", S), y=("real", R[:2])),
    {
        "strength": "nonnegative",
        "intercept": "switch",
        "tolerance": "positive",
        "max_sweeps": "whole",
    },
    required={"strength": 0.5},
)

#: One or more calls for each public function that takes numbers.
CALLS = {
    "logsumexp": [Call(data(logits=("exponents", S)))],
    "softmax": [Call(data(logits=("scores", S)))],
    "log_softmax": [Call(data(logits=("scores", S)))],
    "sigmoid": [Call(data(logits=("extended", R)))],
    "log_sigmoid": [Call(data(logits=("extended", R)))],
    "information_content": [Call(data(p=("unit", np.array([0.0, 0.5, 1.0]))), {"base": "base"})],
    "entropy": [Call(data(p=("distribution", P)), {"base": "base"})],
    "cross_entropy": [PAIR],
    "perplexity": [PAIR._replace(options={})],
    "kl_divergence": [PAIR],
    "jensen_shannon_divergence": [PAIR],
    "gaussian_kl_divergence": [
        Call(
            data(
                mean_p=("real", R),
                std_p=("positive", abs(R)),
                mean_q=("real", R),
                std_q=("positive", abs(R)),
            ),
            {"base": "base"},
        )
    ],
    "softmax_cross_entropy": [SOFTMAX, SOFT],
    "softmax_cross_entropy_gradient": [SOFTMAX, SOFT],
    "binary_cross_entropy": [BINARY],
    "binary_cross_entropy_gradient": [BINARY],
    "brier_score": [BRIER, SOFT_BRIER],
    "brier_score_gradient": [BRIER, SOFT_BRIER],
    "joint_entropy": [TABLE],
    "conditional_entropy": [TABLE],
    "mutual_information": [TABLE],
    "huffman_code_lengths": [Call(data(p=("lone distribution", P[0])), whole=True)],
    **{
        name + ending: [call]
        for ending in ENDINGS
        for name, call in {
            "squared_error": NUMBER,
            "absolute_error": NUMBER,
            "huber_loss": NUMBER._replace(options={"delta": "positive"}),
            "log_cosh_loss": NUMBER,
            "quantile_loss": NUMBER._replace(options={"quantile": "open unit"}),
            "hinge_loss": SIGNED,
            "squared_hinge_loss": SIGNED,
            "logistic_loss": SIGNED,
            "exponential_loss": SIGNED,
            "multiclass_hinge_loss": MARGIN,
            "squared_multiclass_hinge_loss": MARGIN,
            "crammer_singer_loss": MARGIN,
        }.items()
    },
    "zero_one_loss": [SIGNED],
    "normal_log_likelihood": [
        Call(data(x=("real", R), mean=("real", R[::-1]), std=("positive", abs(R))))
    ],
    "laplace_log_likelihood": [
        Call(data(x=("real", R), location=("real", R[::-1]), scale=("positive", abs(R))))
    ],
    "bernoulli_log_likelihood": [
        Call(data(x=("bits", BITS), probability=("unit", np.array([0.25, 0.5, 1.0]))))
    ],
    "categorical_log_likelihood": [
        Call(data(labels=("classes", Y), probabilities=("distribution", P)))
    ],
    "poisson_log_likelihood": [
        Call(data(x=("counts", np.array([0.0, 3.0, 1.0])), rate=("nonnegative", abs(R))))
    ],
    **{name + ending: [WEIGHTS] for name in ("l1_penalty", "l2_penalty") for ending in ENDINGS},
    **{
        "elastic_net_penalty" + ending: [WEIGHTS._replace(options={"l1_ratio": "closed unit"})]
        for ending in ENDINGS
    },
    "soft_threshold": [
        WEIGHTS._replace(options={"threshold": "nonnegative"}, required={"threshold": 0.5})
    ],
    "l2_proximal": [WEIGHTS._replace(options={"step": "nonnegative"}, required={"step": 0.5})],
    "elastic_net_proximal": [
        WEIGHTS._replace(
            options={"step": "nonnegative", "l1_ratio": "closed unit"}, required={"step": 0.5}
        )
    ],
}

#: The same for those that make one fit of all examples, so that a batch has no meaning for them.
FITS = {
    "normal_mle": [Call(data(x=("rows", S)))],
    "laplace_mle": [Call(data(x=("rows", S)))],
    "bernoulli_mle": [Call(data(x=("bits", BITS)))],
    "poisson_mle": [Call(data(x=("counts", np.array([0.0, 3.0, 1.0]))))],
    "categorical_mle": [
        Call(data(labels=("classes", Y)), {"classes": "whole"}, required={"classes": 3})
    ],
    "least_squares": [
        Call(
            data(X=("features", S[:, :2]), y=("real", R[:2])),
            {"intercept": "switch", "minimum_norm": "switch"},
        )
    ],
    "ridge": [
        Call(
            data(X=("features", S), y=("real", R[:2])),
            {"strength": "positive", "intercept": "switch"},
            required={"strength": 1.0},
        )
    ],
    "lasso": [SPARSE],
    "elastic_net": [SPARSE._replace(options={**SPARSE.options, "l1_ratio": "closed unit"})],
}


class Bad(NamedTuple):
    what: str
    change: object  # from a good value to a bad one
    error: type
    message: str  # after the argument's name


def last_row(value):
    def change(good):
        bad = np.array(good, dtype=np.float64)
        bad[-1] = value
        return bad

    return change


NUMBERS = [
    Bad("complex", lambda x: x + 0j, TypeError, "must be real numbers, got complex numbers$"),
    Bad("objects", lambda x: x.astype(object), TypeError, "must be real numbers, got objects$"),
    Bad("text", lambda x: x.astype(str), TypeError, "must be real numbers, got text$"),
    Bad("bytes", lambda x: x.astype(bytes), TypeError, "must be real numbers, got bytes$"),
    Bad("dates", lambda x: x.astype("M8[s]"), TypeError, "must be real numbers, got datetime64"),
    Bad("None", lambda x: None, TypeError, "must be real numbers, got objects$"),
    Bad("masked", np.ma.array, TypeError, "must be a plain array, got a masked array"),
    Bad("masked inside", lambda x: [np.ma.array(x)], TypeError, "must be a plain array, got a mas"),
    Bad("ragged", lambda x: [[1.0], [2.0, 3.0]], ValueError, "must be rectangular, got rows of un"),
]
BOOL = [Bad("bool", lambda x: x.astype(bool), TypeError, "must be real numbers, got bool$")]
LONE = [Bad("a number", lambda x: 1.0, ValueError, "must have a last axis of outcomes, got a sing")]
WHOLE = [
    Bad(what, change, error, message.replace("real", "whole"))
    for what, change, error, message in [*NUMBERS, *BOOL]
    if what != "None"
]

#: What each kind of argument refuses, beside single numbers (see `FAULTS`).
KINDS = {
    **{
        kind: [*NUMBERS, *BOOL]
        for kind in ("real", "extended", "positive", "nonnegative", "counts", "unit", "signs")
    },
    **{kind: [*NUMBERS, *BOOL, *LONE] for kind in ("exponents", "rows")},
    "binary": NUMBERS,
    "bits": [bad for bad in WHOLE if bad.what != "bool"],
    "scores": [
        *[*NUMBERS, *BOOL, *LONE],
        Bad(
            "all -inf",
            last_row(-np.inf),
            ValueError,
            "must not be -inf for every class, got -inf in row 1",
        ),
    ],
    "distribution": [
        *[*NUMBERS, *LONE],
        Bad("negative", last_row([-0.5, 1.0, 0.5]), ValueError, r"must not be negative, got -0\.5"),
        Bad(
            "unnormalised",
            last_row([0.5, 0.3, 0.1]),
            ValueError,
            r"must sum to 1 along its last axis, got 0\.9 in row 1",
        ),
        Bad("scaled", lambda p: 2 * p, ValueError, "must sum to 1 along its last axis, got 2"),
        Bad("percent", last_row(np.inf), ValueError, "must sum to 1 along its last axis, got inf"),
    ],
    "lone distribution": [
        *[*NUMBERS, *LONE],
        Bad("unnormalised", lambda p: [0.5, 0.4], ValueError, r"must sum to 1 along .*, got 0\.9"),
    ],
    "classes": [
        *WHOLE,
        Bad("whole K", lambda y: y + 1, ValueError, "must be a class from 0 to 2, got 3 at"),
        Bad("-1", lambda y: y - 1, ValueError, "must be a class from 0 to 2, got -1 at index 1"),
    ],
    "table": [
        *[bad for bad in NUMBERS if bad.what not in ("None", "ragged")],
        Bad("a row", lambda p: p[0], ValueError, r"must have two last axes, a table, got shape"),
        Bad("unnormalised", lambda p: 1.5 * p, ValueError, r"must sum to 1 over .* axes, got 1\.5"),
    ],
}
KINDS["features"] = [
    *KINDS["rows"],
    Bad("a row", lambda x: x[0], ValueError, r"must have shape \(n, d\), got \(\d,\)"),
    Bad("a batch", lambda x: x[None], ValueError, r"must have shape \(n, d\), got \(1, 2, \d\)"),
]
KINDS["soft labels"] = [
    bad for bad in KINDS["distribution"] if bad.what not in ("None", "a number")
]

_WRONG_KINDS = [
    ("2", TypeError, "must be a real number, got str"),
    (None, TypeError, "must be a real number, got NoneType"),
    (True, TypeError, "must be a real number, got bool"),
    (1j, TypeError, "must be a real number, got complex"),
    ([2.0], TypeError, "must be a real number, got list"),
    (np.nan, ValueError, "must be finite, got nan"),
    (np.inf, ValueError, "must be finite, got inf"),
    (10**400, ValueError, "must be finite, got inf"),
    (-(10**400), ValueError, "must be finite, got -inf"),
]

#: What each kind of option refuses.
OPTIONS = {
    "switch": [
        (1, TypeError, "must be True or False, got int"),
        (None, TypeError, "must be True or False, got NoneType"),
        ("yes", TypeError, "must be True or False, got str"),
    ],
    "whole": [
        (0, ValueError, "must be at least 1, got 0"),
        (-3, ValueError, "must be at least 1, got -3"),
        (2**31, ValueError, r"must be below 2\*\*31, got 2\.14748e\+09"),
        (10**400, ValueError, r"must be below 2\*\*31, got inf"),
        (-(10**400), ValueError, "must be at least 1, got -inf"),
        (2.0, TypeError, "must be a whole number, got float"),
        (True, TypeError, "must be a whole number, got bool"),
        (None, TypeError, "must be a whole number, got NoneType"),
        ("3", TypeError, "must be a whole number, got str"),
    ],
    "base": [
        *_WRONG_KINDS,
        (1, ValueError, "must be above 1, got 1"),
        (0, ValueError, "must be above 1, got 0"),
        (-2, ValueError, "must be above 1, got -2"),
        (0.5, ValueError, r"must be above 1, got 0\.5"),
    ],
    "positive": [
        *_WRONG_KINDS,
        (0, ValueError, "must be above 0, got 0"),
        (-1, ValueError, "must be above 0, got -1"),
    ],
    "nonnegative": [*_WRONG_KINDS, (-1, ValueError, "must be at least 0, got -1")],
    "closed unit": [
        *_WRONG_KINDS,
        (-0.1, ValueError, r"must be at least 0, got -0\.1"),
        (1.1, ValueError, r"must be at most 1, got 1\.1"),
    ],
    "open unit": [
        *_WRONG_KINDS,
        (0, ValueError, "must be above 0, got 0"),
        (1, ValueError, "must be below 1, got 1"),
    ],
    "weights": [
        ([1.0, 2.0], ValueError, r"must have shape \(3,\), got \(2,\)"),
        ([[1.0, 2.0, 3.0]], ValueError, r"must have shape \(3,\), got \(1, 3\)"),
        (1.0, ValueError, r"must have shape \(3,\), got \(\)"),
        ([1.0, -2.0, 3.0], ValueError, r"must be at least 0, got -2\.0 at index 1"),
        ([1.0, np.nan, 3.0], ValueError, "must be finite, got nan at index 1"),
        ([1.0, np.inf, 3.0], ValueError, "must be finite, got inf at index 1"),
        (["1", "2", "3"], TypeError, "must be real numbers, got text$"),
    ],
}

#: What no single number of a kind may be, by the rule that it breaks. The sum of a distribution is
#: no matter of single numbers.
FINITE = {"be finite": [np.nan, np.inf, -np.inf]}
NAN = {"not be nan": [np.nan]}
UNIT = {**NAN, "lie between 0 and 1": [-0.25, -5e-324, 1 + 2**-52, 1.5, 2.0, np.inf, -np.inf]}
DISTRIBUTION = {**NAN, "not be negative": [-0.5, -np.inf]}
FAULTS = {
    "real": FINITE,
    "rows": FINITE,
    "features": FINITE,
    "extended": NAN,
    "exponents": NAN,
    "scores": {**NAN, "be below inf": [np.inf]},
    "distribution": DISTRIBUTION,
    "lone distribution": DISTRIBUTION,
    "soft labels": DISTRIBUTION,
    "table": {**FINITE, "be at least 0": [-0.5]},
    "positive": {**FINITE, "be above 0": [0.0, -0.0, -2.0]},
    "nonnegative": {**FINITE, "be at least 0": [-2.0, -1e-300]},
    "counts": {**FINITE, "be at least 0": [-1.0], "be whole numbers": [0.5]},
    "unit": UNIT,
    "binary": UNIT,
    "signs": {"be -1 or +1": [0.0, 0.5, -0.5, 2.0, np.nan, np.inf, -np.inf]},
    "classes": {
        "be whole numbers": [0.5, -0.5, 3.5, np.nan],
        "be a class from 0 to 2": [-1.0, 3.0, 1e300, np.inf, -np.inf],
    },
    "bits": {
        "be whole numbers": [0.5, np.nan],
        "be a class from 0 to 1": [-1.0, 2.0, np.inf, -np.inf],
    },
}
