"""
What needs somebody: the to-do list of the front page, made from the state of things and never stored.

One file for each subject; each says in words what is to be done and leads to the page where it is done.
"""

from kanalkompass.attention.accounts import ChannelState
from kanalkompass.attention.beginning import Step, first_steps
from kanalkompass.attention.front import Attention, attention
from kanalkompass.attention.tasks import NOW, SOON, TODAY, URGENCIES, Task

__all__ = ["NOW", "SOON", "TODAY", "URGENCIES", "Attention", "ChannelState", "Step", "Task", "attention", "first_steps"]
