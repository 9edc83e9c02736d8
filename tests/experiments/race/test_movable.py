"""What of a race can be moved in the picture."""

from __future__ import annotations

from experiments.race import PRESETS, Entry, Race, RaceCodec, ShownRace, in_hand
from landscapes import LANDSCAPES


def test_every_rate_and_every_real_parameter_is_in_hand():
    bowl = LANDSCAPES["elongated_bowl"].with_parameters(rotation=30.0)
    entries = (Entry(optimizer="sgd", values={"lr": 0.3}), Entry(optimizer="bfgs"), Entry(optimizer="adam"))
    held = in_hand(Race(landscape=bowl, entries=entries, start=bowl.start, steps=5))
    assert [(each.name, each.lane, each.value) for each in held] == [
        ("o1.lr", 0, 0.3),
        ("o3.lr", 2, 0.001),
        ("s.condition", None, 25.0),
        ("s.rotation", None, 30.0),
    ]


def test_what_is_in_hand_is_a_setting_of_the_link():
    codec = RaceCodec()
    for preset in PRESETS.values():
        state = ShownRace(race=preset.race)
        for held in in_hand(preset.race):
            assert codec.setting(state, held.name) == (held.parameter, held.value)
            moved = codec.changed(state, {held.name: held.parameter.high})
            assert codec.setting(moved, held.name)[1] == held.parameter.high


def test_a_seed_of_a_surface_is_not_moved():
    waves = LANDSCAPES["sinusoids"]
    held = in_hand(Race(landscape=waves, entries=(Entry(optimizer="sgd"),), start=waves.start, steps=5))
    assert [each.name for each in held] == ["o1.lr"]
