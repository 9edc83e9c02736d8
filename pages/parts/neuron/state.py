"""What the page of the neuron shows, in its controls, the session and the link."""

from __future__ import annotations

from experiments.neuron_page import NeuronCodec
from pages.parts.race.sidebar import RaceControls

neuron = RaceControls(page="neuron", codec=NeuronCodec(), presets={})
linked = neuron.linked
