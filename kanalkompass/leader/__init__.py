"""The leader's page: three sentences and one picture, made by rules from figures that everybody may read (R10)."""

from kanalkompass.leader.drawing import Picture, picture
from kanalkompass.leader.rules import sentences
from kanalkompass.leader.steps import Step, next_step
from kanalkompass.leader.told import Figures, SourceFigures, figures

__all__ = ["Figures", "Picture", "SourceFigures", "Step", "figures", "next_step", "picture", "sentences"]
