from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from optimizers.rules import symmetric

ENTRIES = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
MATRICES = hnp.arrays(np.float64, 3, elements=ENTRIES).map(lambda e: np.array([[e[0], e[1]], [e[1], e[2]]]))


@given(MATRICES)
def test_eigenvalues_are_those_of_lapack(matrix):
    expected = np.linalg.eigvalsh(matrix)
    np.testing.assert_allclose(symmetric.eigenvalues(matrix), expected, rtol=1e-12, atol=1e-14 * np.abs(matrix).max())


@given(MATRICES)
def test_eigenvectors_are_orthonormal_and_rebuild_the_matrix(matrix):
    values, vectors = symmetric.eigen(matrix)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(2), atol=1e-15)
    np.testing.assert_allclose(vectors @ np.diag(values) @ vectors.T, matrix, atol=4e-15 * max(np.abs(matrix).max(), 1))


def test_the_small_eigenvalue_keeps_its_digits_beside_a_huge_one():
    np.testing.assert_array_equal(symmetric.eigenvalues(np.diag([1e12, 1.0])), [1.0, 1e12])
    np.testing.assert_array_equal(symmetric.eigenvalues(np.diag([-1e12, 3.0])), [-1e12, 3.0])


def test_axes_multiples_of_the_identity_and_zero_have_exact_bases():
    for matrix in (np.diag([1.0, 2.0]), np.diag([2.0, 1.0]), np.zeros((2, 2)), 5 * np.eye(2)):
        values, vectors = symmetric.eigen(matrix)
        assert set(np.abs(vectors).ravel()) == {0.0, 1.0}
        np.testing.assert_array_equal(matrix @ vectors, vectors * values)


def test_entries_near_the_limits_of_float64_neither_overflow_nor_underflow():
    for size in (1e300, 1e-300):
        matrix = size * np.array([[2.0, 1.0], [1.0, 2.0]])
        np.testing.assert_allclose(symmetric.eigenvalues(matrix), [size, 3 * size], rtol=1e-15)
        np.testing.assert_allclose(symmetric.solve(matrix, np.array([3 * size, 3 * size])), [1.0, 1.0], rtol=1e-15)


def test_a_batch_has_the_bits_of_its_points_one_by_one():
    rng = np.random.default_rng(1)
    matrices = rng.standard_normal((50, 2, 2))
    matrices = matrices + np.swapaxes(matrices, -1, -2)
    values, vectors = symmetric.eigen(matrices)
    for matrix, value, vector in zip(matrices, values, vectors, strict=True):
        one_value, one_vector = symmetric.eigen(matrix)
        np.testing.assert_array_equal(one_value, value)
        np.testing.assert_array_equal(one_vector, vector)


def test_coordinates_in_a_basis_lead_back_to_the_vector():
    rng = np.random.default_rng(2)
    matrices = rng.standard_normal((20, 2, 2))
    matrices = matrices + np.swapaxes(matrices, -1, -2)
    vectors, vector = symmetric.eigen(matrices)[1], rng.standard_normal((20, 2))
    inside = symmetric.into_basis(vectors, vector)
    np.testing.assert_allclose(inside, np.einsum("nji,nj->ni", vectors, vector), atol=1e-15)
    np.testing.assert_allclose(symmetric.out_of_basis(vectors, inside), vector, atol=1e-15)
    np.testing.assert_allclose(
        symmetric.multiply(matrices, vector), np.einsum("nij,nj->ni", matrices, vector), atol=1e-15
    )


def test_solving_a_singular_system_gives_no_finite_answer_and_no_exception():
    with np.errstate(all="ignore"):
        assert not np.isfinite(symmetric.solve(np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([1.0, 0.0]))).any()


def test_infinite_and_undefined_entries_flow_through():
    with np.errstate(all="ignore"):
        values, vectors = symmetric.eigen(np.array([[np.nan, 0.0], [0.0, np.inf]]))
    assert not np.isfinite(values).any()
    assert vectors.shape == (2, 2)
