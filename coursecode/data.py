"""The data of the course: small, real, historic, and bundled with their sources.

The files lie in the folder `datasets`, whose README says where each comes from and who may use it.
"""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Digits(NamedTuple):
    """Images of handwritten digits."""

    images: NDArray[np.float64]  # (1797, 8, 8), ink from 0 to 16
    labels: NDArray[np.intp]  # (1797,), the digits 0 to 9


class Hubble(NamedTuple):
    """Distance and radial velocity of nebulae."""

    nebulae: tuple[str, ...]  # 24 names
    distances: NDArray[np.float64]  # (24,), Mpc
    velocities: NDArray[np.float64]  # (24,), km/s, away from us


def load_digits() -> Digits:
    """1797 handwritten digits, 8×8 pixels each.

    Returns
    -------
    Digits
        New arrays: `images`, shape (1797, 8, 8), ink 0 to 16; `labels`, shape (1797,), 0 to 9.

    Notes
    -----
    Written by 13 people; a pixel counts the ink in a 4×4 block of a 32×32 scan. The test set of
    the UCI database, as in scikit-learn, in its order. Licence CC BY 4.0.

    References
    ----------
    Alpaydin and Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning
    Repository (1998), doi:10.24432/C50P49.

    Examples
    --------
    >>> digits = load_digits()
    >>> print(digits.images.shape, digits.labels[:5])
    (1797, 8, 8) [0 1 2 3 4]
    """
    words = _read("digits.txt").split()
    labels = np.array(words[::2], dtype=np.intp)
    code = np.frombuffer("".join(words[1::2]).encode(), dtype=np.uint8)
    ink = np.where(code < ord("a"), code - ord("0"), code - ord("a") + 10)
    return Digits(ink.reshape(-1, 8, 8).astype(np.float64), labels)


def load_hubble() -> Hubble:
    """Distances and velocities of 24 nebulae, on which Hubble's law was first read.

    Returns
    -------
    Hubble
        `nebulae`, 24 names; of shape (24,), `distances` in Mpc, `velocities` in km/s away from us.

    Notes
    -----
    As printed in 1929, with distances some seven times too short: the slope is that much too steep.

    References
    ----------
    Hubble, "A relation between distance and radial velocity among extra-galactic nebulae" (1929),
    table 1, doi:10.1073/pnas.15.3.168.

    Examples
    --------
    >>> hubble = load_hubble()
    >>> print(hubble.nebulae[-1], hubble.distances[-1], "Mpc", hubble.velocities[-1], "km/s")
    N.G.C. 4649 2.0 Mpc 1090.0 km/s
    """
    lines = [line.split(",") for line in _read("hubble.csv").splitlines()[1:]]
    nebulae, distances, velocities = zip(*lines, strict=True)
    return Hubble(nebulae, np.array(distances, float), np.array(velocities, float))


def load_text() -> str:
    """*Alice's Adventures in Wonderland*, the whole text.

    Returns
    -------
    str
        148,423 characters of ASCII: letters of both cases, punctuation, spaces, line ends.

    Notes
    -----
    In the public domain. ``"".join(filter(str.isalpha, load_text().lower()))`` leaves the letters.

    References
    ----------
    Carroll, *Alice's Adventures in Wonderland* (1865).

    Examples
    --------
    >>> print(len(load_text()), "characters")
    148423 characters
    """
    return _read("alice.txt")


def _read(name: str) -> str:
    return (files("coursecode") / "datasets" / name).read_text(encoding="utf-8")
