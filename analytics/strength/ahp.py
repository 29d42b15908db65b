"""Weights from judgements in pairs: the analytic hierarchy process (T. L. Saaty 1980) and its consistency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.strength.table import Floats
from kernel.errors import Word, WordedError

# Mean consistency index of random matrices by size (Saaty 1980), sizes 1 to 10.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
CONSISTENCY_LIMIT = 0.10


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What a matrix of judgements says.

    Attributes
    ----------
    weight : float64 (n,)
        Principal eigenvector; the sum is 1.
    largest : float
        Its eigenvalue.
    index, ratio : float
        Consistency index (largest - n) / (n - 1), and divided by that of random matrices.
    worst : tuple of int
        Row and column of the judgement that contradicts the others most.
    worst_fit : float
        What the others say that judgement should be.
    """

    weight: Floats
    largest: float
    index: float
    ratio: float
    worst: tuple[int, int]
    worst_fit: float

    @property
    def is_consistent(self) -> bool:
        """Return whether the ratio is below the limit."""
        return self.ratio < CONSISTENCY_LIMIT


def from_upper(upper: list[float], size: int) -> Floats:
    """Return the reciprocal matrix of the judgements above the diagonal, row by row; float64 (size, size)."""
    matrix = np.ones((size, size))
    rows, columns = np.triu_indices(size, 1)
    matrix[rows, columns] = upper
    matrix[columns, rows] = 1 / np.asarray(upper, dtype=float)
    return matrix


def judge(matrix: Floats) -> Judgement:
    """Return weights and consistency of a matrix of judgements.

    Parameters
    ----------
    matrix : float64 (n, n)
        ``matrix[i, j]`` says how many times i weighs as much as j; reciprocal, 1 <= n <= 10.

    Raises
    ------
    ValueError
        When the matrix is not square, positive and reciprocal, or too large.
    """
    size = len(matrix)
    if matrix.shape != (size, size) or not 1 <= size <= len(RANDOM_INDEX):
        raise ValueError("judgements need a square matrix of at most 10 rows")
    if (matrix <= 0).any() or not np.allclose(matrix * matrix.T, 1):
        raise ValueError("judgements must be positive, and each the reciprocal of its mirror image")
    value, vector = np.linalg.eig(matrix)
    first = int(np.argmax(value.real))
    weight = np.abs(vector[:, first].real)
    weight = weight / weight.sum()
    largest = float(value[first].real)
    index = (largest - size) / (size - 1) if size > 1 else 0.0
    random = RANDOM_INDEX[size - 1]
    strain = np.triu(np.abs(np.log(matrix * weight[None, :] / weight[:, None])), 1)
    row, column = np.unravel_index(int(np.argmax(strain)), strain.shape)
    fit = float(weight[row] / weight[column])
    return Judgement(weight, largest, index, index / random if random else 0.0, (int(row), int(column)), fit)


def require_consistent(matrix: Floats, names: tuple[str, ...]) -> Judgement:
    """Return the judgement, or refuse it in words that name the pair to look at again.

    Raises
    ------
    WordedError
        ``strength.inconsistent`` when the ratio is 0.1 or more.
    """
    judgement = judge(matrix)
    if not judgement.is_consistent:
        row, column = judgement.worst
        raise WordedError(
            "strength.inconsistent",
            ratio=f"{judgement.ratio:.3f}",
            first=Word(f"strength.part_{names[row]}"),
            second=Word(f"strength.part_{names[column]}"),
            said=f"{matrix[row, column]:.2f}",
            fit=f"{judgement.worst_fit:.2f}",
        )
    return judgement
