"""Landscapes as keys of caches: the same surface is found again, another one never is."""

from __future__ import annotations

from functools import lru_cache

from landscapes import LANDSCAPES, Identified, identified, parse_formula


def test_a_surface_that_is_made_again_is_the_same_key() -> None:
    bowl = LANDSCAPES["elongated_bowl"]
    assert identified(bowl.with_parameters(condition=7.0)) == identified(bowl.with_parameters(condition=7.0))
    assert identified(parse_formula("x^2 + y^2")) == identified(parse_formula("x^2 + y^2"))
    seen = []

    @lru_cache
    def known(surface: Identified) -> int:
        seen.append(surface.landscape)
        return len(seen)

    for _ in range(2):
        known(identified(parse_formula("x^2 + 3y^2")))
    assert len(seen) == 1


def test_other_parameters_formulas_domains_and_keys_are_other_keys() -> None:
    bowl = LANDSCAPES["elongated_bowl"]
    surfaces = [
        bowl,
        bowl.with_parameters(condition=7.0),
        bowl.with_parameters(condition=7.0, rotation=0.5),
        LANDSCAPES["rosenbrock"],
        parse_formula("x^2 + y^2"),
        parse_formula("x^2 + 2y^2"),
        parse_formula("x^2 + y^2", domain=((-1.0, 1.0), (-1.0, 1.0))),
    ]
    assert len({identified(each) for each in surfaces}) == len(surfaces)
