"""A linear classifier: scores W x + b, and the objective data loss + λ · penalty put together."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coursecode._objectives import HINGES, LOSSES, solve
from coursecode._options import between, one_of, whole
from coursecode._rules import first_fault
from coursecode._validation import Array, FloatArray, batch_shape, check, plain_array, real, rows
from coursecode.classification import softmax
from coursecode.penalties import elastic_net_penalty, elastic_net_proximal

LARGEST = 1e100  # of a feature
PENALTIES = ("l2", "l1", "elastic_net")


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
        Stop when this part of the slopes at W = 0 is left, and of the hinges' margins; above 0.
        By default 1e-6, and 1e-3 for the two hinges with kinks.
    max_iterations : int
        How many steps to take at most.

    Attributes
    ----------
    coef_ : ndarray, shape (K, d)
        W, a row for each class.
    intercept_ : ndarray, shape (K,)
        b.
    classes_ : ndarray, shape (K,)
        The labels that `fit` has seen, sorted.
    objective_ : float
        Mean loss plus penalty at W and b.
    n_iter_ : int
        Steps taken.

    Notes
    -----
    Everything is deterministic: there is no seed. Parameters are checked by `fit`.

    scikit-learn's ``LogisticRegression`` has the same minimum for C = 1/(2 n λ), its ``Ridge``
    on one-hot labels for alpha = n λ.

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
    coef_: FloatArray = field(init=False, repr=False)
    intercept_: FloatArray = field(init=False, repr=False)
    classes_: NDArray[Any] = field(init=False, repr=False)
    objective_: float = field(init=False, repr=False)
    n_iter_: int = field(init=False, repr=False)

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
        TypeError
            If `X` is not real numbers, `y` are no labels, or a parameter is of the wrong kind.
        ValueError
            If `X` is not a table of rows, `y` has another length or a single class, either is
            nan, infinite or empty, a feature is beyond ±1e100, or a parameter is out of range.

        Warns
        -----
        RuntimeWarning
            If `max_iterations` were not enough: what was reached is kept.
        """
        loss = one_of("loss", self.loss, LOSSES)
        penalty = one_of("penalty", self.penalty, PENALTIES)
        strength = between("strength", self.strength, 0)
        l1_ratio = between("l1_ratio", self.l1_ratio, 0, 1)
        l1_ratio = {"l2": 0.0, "l1": 1.0}.get(penalty, l1_ratio)
        max_iterations = whole("max_iterations", self.max_iterations)
        usual = 1e-3 if loss in HINGES else 1e-6
        tolerance = usual if self.tolerance is None else self.tolerance
        tolerance = between("tolerance", tolerance, 0, open_low=True)
        features, labels, self.classes_ = _examples(X, y)

        # b is free, so the means can go into it; without them the descent is much faster.
        mean = features.mean(axis=0)
        centred = np.column_stack([features - mean, np.ones(len(features))])

        def shrink(weights: FloatArray, step: float) -> FloatArray:
            shrunk = elastic_net_proximal(weights[:, :-1], step=step * strength, l1_ratio=l1_ratio)
            return np.column_stack([shrunk, weights[:, -1]])

        solution = solve(loss, centred, labels, shrink, tolerance, max_iterations)
        if solution.left > tolerance:
            warnings.warn(
                f"not converged in {max_iterations} steps: {solution.left:.1e} of the slopes is "
                f"left, more than the tolerance {tolerance:.1e}",
                RuntimeWarning,
                stacklevel=2,
            )
        self.coef_ = solution.weights[:, :-1]
        self.intercept_ = solution.weights[:, -1] - self.coef_ @ mean
        self.n_iter_ = solution.iterations
        data_loss = LOSSES[loss](labels, centred @ solution.weights.T).mean()
        size = elastic_net_penalty(self.coef_, l1_ratio=l1_ratio).sum()
        self.objective_ = float(data_loss + strength * size)
        return self

    def decision_function(self, X: ArrayLike) -> FloatArray:
        """Return the scores W x + b, shape (n, K)."""
        if not hasattr(self, "coef_"):
            raise ValueError("LinearClassifier must be fitted first: call fit(X, y)")
        features = check(rows("X", X)).astype(np.float64)
        if features.shape[1:] != self.coef_.shape[1:]:
            raise ValueError(f"X must have shape (n, {self.coef_.shape[1]}), got {features.shape}")
        scores: FloatArray = features @ self.coef_.T + self.intercept_
        return scores

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Return the label with the highest score, shape (n,); at a tie the first."""
        best = self.decision_function(X).argmax(axis=1)
        labels: NDArray[Any] = self.classes_[best]
        return labels

    def predict_proba(self, X: ArrayLike) -> FloatArray:
        """Return the probability of each class, shape (n, K): only the cross-entropy has any."""
        if self.loss != "softmax_cross_entropy":
            raise AttributeError(f"probabilities need the softmax_cross_entropy, got {self.loss}")
        return softmax(self.decision_function(X))

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
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name, for scikit-learn."""
        for name, value in parameters.items():
            one_of("parameter", name, self.get_params())
            setattr(self, name, value)
        return self


def _examples(X: ArrayLike, y: ArrayLike) -> tuple[FloatArray, Array, Array]:
    """Return checked features, labels as numbers from 0, and the classes."""
    features = rows("X", X)
    if features.values.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {features.values.shape}")
    labels = _labels(y)
    batch_shape((features, real("y", np.zeros(labels.shape))))
    classes, numbers = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"y must have at least two classes, got {classes[0]!s} only")
    values = check(features).astype(np.float64)
    fault = first_fault(values, abs(values) > LARGEST, f"must lie within ±{LARGEST:g}")
    if fault:  # their squares would overflow
        raise ValueError(f"X {fault}")
    return values, numbers, classes


def _labels(y: ArrayLike) -> Array:
    """Return checked labels: whole numbers, bool or text."""
    labels = plain_array("y", y)
    if labels.dtype.kind not in "biufUS":
        raise TypeError(f"y must be whole numbers, bool or text, got {labels.dtype}")
    if labels.dtype.kind == "f":
        fraction = (labels != np.floor(labels)) | np.isinf(labels)
        fault = first_fault(labels, fraction, "must be whole numbers")
        if fault:
            raise ValueError(f"y {fault}")
    return labels
