"""
Demonstration data: four invented municipalities, three of them with two years behind them.

Only ever loaded with KK_DEMO=1. All days are counted back from the day it is loaded.
"""
