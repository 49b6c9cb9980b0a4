"""Demonstration data: three invented municipalities with a year behind them. Only ever loaded with KK_DEMO=1."""
