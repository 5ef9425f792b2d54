"""A linear classifier: scores W x + b, and the objective data loss + λ · penalty put together."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursecode._core import kinds, solvers
from coursecode._core.kinds import Numbers, Rule, as_kind
from coursecode.classification import (
    softmax,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
)
from coursecode.margins import (
    crammer_singer_loss,
    multiclass_hinge_loss,
    squared_multiclass_hinge_loss,
    squared_multiclass_hinge_loss_gradient,
)


class Loss(NamedTuple):
    """A convex loss of the scores of K classes, one value for each example."""

    value: Callable[[Numbers], Numbers]
    slopes: Callable[[Numbers, Numbers], Numbers]  # of scores, and slopes to stay near to
    curvature: float  # which no second derivative exceeds
    # A loss with kinks is the highest of many planes: the value at scores of that with given slopes
    plane: Callable[[Numbers, Numbers], Numbers] | None = None


def onto_box(a: Numbers) -> Numbers:
    """Return the nearest multipliers between 0 and 1: each class counts by itself."""
    return np.clip(a, 0, 1)


def onto_simplex(a: Numbers) -> Numbers:
    """Return the nearest multipliers from 0 on that sum to at most 1: the worst class counts."""
    sizes = -np.sort(-np.clip(a, 0, None), axis=1)
    excess = (np.cumsum(sizes, axis=1) - 1) / np.arange(1, a.shape[1] + 1)
    return np.clip(a - np.maximum(0, excess.max(axis=1, keepdims=True)), 0, None)


def _hinge(value: Any, project: Any, y: Numbers, count: int) -> Loss:
    """Return a hinge: the maximum of Σ a_k (s_k - s_y + 1) over the multipliers a allowed."""
    own = np.eye(count, dtype=bool)[y]

    def slopes(s: Numbers, kept: Numbers) -> Numbers:
        a: Numbers = project(np.where(own, 0, kept + s - s[own][:, np.newaxis] + 1))
        a[own] = -a.sum(axis=1)
        return a

    def plane(slopes: Numbers, s: Numbers) -> Numbers:
        return np.sum(slopes * s, axis=1) - slopes[own]

    return Loss(partial(value, y), slopes, count, plane)


#: What can be minimised: of the labels, and the number of classes.
LOSSES: dict[str, Callable[[Numbers, int], Loss]] = {
    "softmax_cross_entropy": lambda y, count: Loss(
        partial(softmax_cross_entropy, y), lambda s, _: softmax_cross_entropy_gradient(y, s), 0.5
    ),
    "multiclass_hinge": partial(_hinge, multiclass_hinge_loss, onto_box),
    "squared_multiclass_hinge": lambda y, count: Loss(
        partial(squared_multiclass_hinge_loss, y),
        lambda s, _: squared_multiclass_hinge_loss_gradient(y, s),
        2 * count,
    ),
    "crammer_singer": partial(_hinge, crammer_singer_loss, onto_simplex),
    "squared_error": lambda y, count: Loss(
        lambda s: np.sum((s - np.eye(count)[y]) ** 2, axis=1),
        lambda s, _: 2 * (s - np.eye(count)[y]),
        2,
    ),
}


L1_RATIOS = {"l2": 0.0, "l1": 1.0}  # the elastic net has one of its own
OPTIONS = {
    "loss": kinds.one_of(*LOSSES),
    "penalty": kinds.one_of(*L1_RATIOS, "elastic_net"),
    "strength": kinds.AtLeast0,
    "l1_ratio": kinds.Share,
    "max_iterations": kinds.Whole,
}
NEAR = Rule("lie within ±1e+100", lambda x: abs(x) > 1e100)
WHOLE = Rule("be whole numbers", lambda x: (x != np.floor(x)) | np.isinf(x))


@dataclass(kw_only=True, eq=False)
class LinearClassifier:
    r"""Linear classifier of K classes that minimises a mean loss plus a penalty.

    .. math:: \min_{W, b} \frac1n \sum_i \ell(y_i, W x_i + b) + \lambda R(W)

    Parameters
    ----------
    loss : str
        ℓ: "softmax_cross_entropy", "multiclass_hinge", "squared_multiclass_hinge",
        "crammer_singer" (hinges with margin 1), or "squared_error" (of the K scores against the
        label as one-hot, added up).
    penalty : str
        R: "l2", "l1" or "elastic_net", added up over the rows of W. b is not penalised.
    strength : float
        λ, at least 0.
    l1_ratio : float
        ρ of the elastic net, from 0 to 1; not used by the others.
    tolerance : float, optional
        We stop when the objective is above its minimum by no more than this part of itself (see
        Notes); above 0. By default 1e-6, and 1e-3 for the two hinges with kinks.
    max_iterations : int
        How many steps to take at most.

    Attributes
    ----------
    coef_ : ndarray, shape (K, d)
        W, a row for each class.
    intercept_ : ndarray, shape (K,)
        b, one for each class.
    classes_ : ndarray, shape (K,)
        The labels that `fit` has seen, sorted.
    objective_ : float
        Mean loss plus penalty at W and b.
    n_iter_ : int
        Steps taken.

    Notes
    -----
    There is no seed. Parameters are checked by `fit`. Features are brought to a like size within,
    so without a penalty their units don't matter; a penalty is one on W as it is.
    How far the objective may be above its minimum we know from its slope: no other W and b gain
    more than slope times distance, and we look as far round W and b as they are long, and by one
    unit of the scores more. The cross-entropy of classes that can be separated has no minimum
    without a penalty: at √tolerance · ln K we stop with a warning, and at tolerance · ln K where
    there is a penalty that small.
    scikit-learn's ``LogisticRegression`` with an L2 penalty has the same minimum for C = 1/(2 n λ),
    with two classes for C = 1/(n λ), because it then has one row of weights where we have two; its
    ``Ridge`` on one-hot labels has it for alpha = n λ.

    References
    ----------
    Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based vector
    machines" (2001).
    Bishop, *Pattern Recognition and Machine Learning* (2006), section 4.3.4.

    Examples
    --------
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["low", "low", "high", "high"]
    >>> classifier = LinearClassifier(strength=0.01).fit(X, y)
    >>> print(classifier.predict([[-1.0], [9.0]]), classifier.score(X, y))
    ['low' 'high'] 1.0
    """

    loss: str = "softmax_cross_entropy"
    penalty: str = "l2"
    strength: float = 1e-3
    l1_ratio: float = 0.5
    tolerance: float | None = None
    max_iterations: int = 100_000

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Find W and b.

        Parameters
        ----------
        X : array_like, shape (n, d)
            Features.
        y : array_like, shape (n,)
            Labels: whole numbers, bool or text; at least two different ones.

        Returns
        -------
        LinearClassifier
            Itself.

        Raises
        ------
        TypeError, ValueError
            If `X` is no table of finite numbers within ±1e100, `y` are not as many labels of at
            least two classes, or a parameter is of the wrong kind or out of range.

        Warns
        -----
        RuntimeWarning
            If the tolerance was not reached: what was reached is kept.
        """
        options = {name: as_kind(kind, name, getattr(self, name)) for name, kind in OPTIONS.items()}
        loss, penalty, strength = options["loss"], options["penalty"], options["strength"]
        l1_ratio = L1_RATIOS.get(penalty, options["l1_ratio"])
        usual = 1e-3 if loss in ("multiclass_hinge", "crammer_singer") else 1e-6
        tolerance = usual if self.tolerance is None else self.tolerance
        tolerance = as_kind(kinds.Above0, "tolerance", tolerance)
        X, labels, self.classes_ = _examples(X, y)

        # b is free, so the means can go into it.
        columns, count = solvers.prepared(X, True), len(self.classes_)
        features, back, lengths = _directions(columns, strength * l1_ratio > 0)
        features = np.column_stack([features, np.ones(len(X))])
        lengths = np.append(lengths, 0)  # b is not penalised
        with np.errstate(over="ignore"):
            l1 = np.minimum(strength * l1_ratio * lengths, solvers.LARGEST)
            l2 = np.minimum(strength * (1 - l1_ratio) * lengths * lengths, solvers.LARGEST)
        # Next to no penalty the cross-entropy of classes that can be separated falls for ever.
        part = tolerance if max(l1.max(), l2.max()) > tolerance else tolerance**0.5
        enough = part * np.log(count) if loss == "softmax_cross_entropy" else 0.0
        problem = LOSSES[loss](labels, count), l1, l2
        weights, self.objective_, self.n_iter_, left = _descend(
            features, count, *problem, tolerance, options["max_iterations"], enough
        )
        if left > tolerance:
            warnings.warn(
                f"not converged in {self.n_iter_} steps: the objective may be above its "
                f"minimum by {left:.1e} of itself, more than the tolerance {tolerance:.1e}",
                RuntimeWarning,
                stacklevel=2,
            )
        self.coef_ = (back @ weights[:-1]).T
        self.intercept_ = weights[-1] - self.coef_ @ (columns.mean * columns.units)
        return self

    def decision_function(self, X: ArrayLike) -> Numbers:
        """Return the scores W x + b, shape (n, K); of two classes the lead of the second, (n,)."""
        scores = self._scores(X)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def _scores(self, X: ArrayLike) -> Numbers:
        if not hasattr(self, "coef_"):
            raise ValueError("LinearClassifier must be fitted first: call fit(X, y)")
        features = as_kind(kinds.Vector, "X", X).astype(np.float64)
        if features.shape[1:] != self.coef_.shape[1:]:
            raise ValueError(f"X must have shape (n, {self.coef_.shape[1]}), got {features.shape}")
        return features @ self.coef_.T + self.intercept_

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label with the highest score, shape (n,); at a tie the first."""
        best = self._scores(X).argmax(axis=1)
        return self.classes_[best]

    @property
    def predict_proba(self) -> Callable[[ArrayLike], Numbers]:
        """Return the probability of each class, shape (n, K): only the cross-entropy has any."""
        if self.loss != "softmax_cross_entropy":
            raise AttributeError(f"probabilities need the softmax_cross_entropy, got {self.loss}")

        def predict_proba(X: ArrayLike) -> Numbers:  # scikit-learn's scorers look it up by its name
            return softmax(self._scores(X))

        return predict_proba

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Return the share of examples whose label is predicted (accuracy)."""
        predicted, labels = self.predict(X), _labels(y)
        text = labels.dtype.kind in "US"
        if text != (predicted.dtype.kind in "US"):
            raise TypeError(
                f"y must be {'numbers' if text else 'text'} as in fit, got {labels.dtype}"
            )
        if predicted.shape != labels.shape:
            raise ValueError(f"shapes must match, got X {np.shape(X)} and y {labels.shape}")
        return float(np.mean(predicted == labels))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name, for scikit-learn."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name, for scikit-learn."""
        for name, value in parameters.items():
            as_kind(kinds.one_of(*self.get_params()), "parameter", name)
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """Return what scikit-learn, which alone asks for it, must know of a classifier."""
        from sklearn.utils import ClassifierTags, Tags, TargetTags

        target = TargetTags(required=True)
        return Tags("classifier", target_tags=target, classifier_tags=ClassifierTags())


def _examples(X: ArrayLike, y: ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
    """Return checked features, labels as numbers from 0, and the classes."""
    features, labels = as_kind(kinds.Features, "X", X).astype(np.float64), _labels(y)
    if labels.shape != features.shape[:1]:
        raise ValueError(f"shapes must match, got X {features.shape} and y {labels.shape}")
    if fault := NEAR.fault(features):
        raise ValueError(f"X {fault}")
    classes, numbers = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y must have at least two classes, got {classes[0]!s} only")
    return features, numbers, classes


def _labels(y: ArrayLike) -> Numbers:
    """Return checked labels: whole numbers, bool or text, also as a data frame hands them over."""
    labels = kinds.plain_array("y", y)
    if labels.dtype == object or isinstance(y, list | tuple):  # which may mix what it holds
        objects = np.asarray(y, dtype=object)
        types = {type(each): np.asarray(each).dtype.kind for each in objects.flat}
        if len({"i" if kind in "iuf" else kind for kind in types.values()}) > 1:
            names = ", ".join(sorted(each.__name__ for each in types))
            raise TypeError(f"y must be all whole numbers, all bool or all text, got {names}")
        labels = np.array(objects.tolist())
    if labels.dtype.kind not in "biufUS":
        name = type(labels.flat[0]).__name__ if labels.dtype == object else str(labels.dtype)
        got = "numbers of more than 64 bits" if name == "int" else name
        raise TypeError(f"y must be whole numbers, bool or text, got {got}")
    if labels.dtype.kind == "f" and (fault := WHOLE.fault(labels)):
        raise ValueError(f"y {fault}")
    return labels


def _directions(columns: solvers.Columns, apart: bool) -> tuple[Numbers, Numbers, Numbers]:
    """Return features of a like size for those in columns, the way back, and its lengths.

    Weights z of the new features belong to weights `back` z of the columns, and the sum of their
    squares is that of (lengths z). Unless weights are to be kept apart, which an L1 penalty needs,
    the new features have nothing in common: then all losses fall as fast on each way.
    """
    count = len(columns.high)
    if apart:
        size = np.sqrt(np.mean(columns.high**2, axis=0))
        size[size == 0] = 1
        lengths = 1 / size / columns.units
        return columns.high / size, np.diag(lengths), lengths
    u, sigma, v = np.linalg.svd(columns.high, full_matrices=False)
    rank = solvers.rank_of(sigma, columns.high.shape)
    u, sigma, v = u[:, :rank], sigma[:rank], v[:rank]
    turn, lengths, way = np.linalg.svd((v / columns.units).T / sigma, full_matrices=False)
    turn[~columns.high.any(axis=0)] = 0  # a constant column gets no weight
    root = count**0.5
    return root * u @ way.T, root * turn * lengths, root * lengths


def _descend(
    features: Numbers,
    classes: int,
    loss: Loss,
    l1: Numbers,
    l2: Numbers,
    tolerance: float,
    max_iterations: int,
    enough: float = 0.0,
) -> tuple[Numbers, float, int, float]:
    """Return the weights (features, K) with the least mean loss of the scores plus penalty.

    Beside them stand the objective, the number of iterations from weights of 0 on, and how much
    lower the objective may be, as a part of it. It is enough if it is no more than `enough`.

    Accelerated proximal gradient descent, after Beck and Teboulle, "A fast iterative
    shrinkage-thresholding algorithm for linear inverse problems" (2009), with the restarts of
    O'Donoghue and Candès, "Adaptive restart for accelerated gradient schemes" (2015).

    Kinks are smoothed by letting the slopes stay near to some that are `kept`, which follow: the
    method of multipliers, after Rockafellar, "Augmented Lagrangians and applications of the
    proximal point algorithm in convex programming" (1976).

    Every plane below the loss tells how low the objective can be: no weights within a distance d
    gain more than d times the slope, and what the plane lies below the loss.
    """
    count = len(features)
    step = count / (loss.curvature * float(np.linalg.norm(features, 2)) ** 2)
    l1, l2 = l1[:, np.newaxis], l2[:, np.newaxis]
    weights = np.zeros((features.shape[1], classes))
    scores = kept = np.zeros((count, classes))
    ahead, scores_ahead = weights, scores
    momentum, iteration, left, objective = 1.0, 0, np.inf, np.inf
    while left > tolerance and objective > enough and iteration < max_iterations:
        iteration += 1
        slopes = loss.slopes(scores_ahead, kept)
        there = ahead - step * (features.T @ slopes) / count
        there = np.sign(there) * np.maximum(abs(there) - step * l1, 0) / (1 + 2 * step * l2)
        scores_there = features @ there

        values = loss.value(scores_there)
        objective = float(values.mean() + np.sum(l1 * abs(there)) + np.sum(l2 * there**2))
        gain = float(np.linalg.norm(ahead - there)) / step * (1 + float(np.linalg.norm(there)))
        below = 0.0
        if loss.plane is None:
            gain *= 2  # the slope has changed on the way by as much as it was at most
        else:
            below = float(np.mean(values - loss.plane(slopes, scores_there)))
        left = min(1.0, (gain + below) / objective) if objective else 0.0

        if np.sum((ahead - there) * (there - weights)) > 0:  # the momentum points uphill
            momentum = 1.0
        if 2 * gain < below:
            kept = loss.slopes(scores_there, kept)
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        share = (momentum - 1) / next_momentum
        ahead = there + share * (there - weights)
        scores_ahead = scores_there + share * (scores_there - scores)
        weights, scores, momentum = there, scores_there, next_momentum
    return weights, objective, iteration, left
