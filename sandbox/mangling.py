"""Wrong JSON: what a platform may send on a bad day although the call itself went well."""

from __future__ import annotations

import random
from typing import Any

KINDS = ("strings", "nulls", "unknown", "doubled", "missing")
DEFAULT_KINDS = ("strings", "nulls", "unknown", "doubled")


def mangled(value: Any, *, dice: random.Random, kinds: tuple[str, ...], rate: float) -> Any:
    """
    Return a value with some of its parts spoilt; the same dice spoil the same parts.

    :param kinds: `strings` (numbers come as text), `nulls`, `unknown` (fields nobody knows), `doubled` (rows come
        twice), `missing` (fields are left out)
    :param rate: how likely each part is hit, 0 to 1
    """
    if isinstance(value, dict):
        return _mangled_record(value, dice=dice, kinds=kinds, rate=rate)
    if isinstance(value, list):
        rows = []
        for row in value:
            rows.append(mangled(row, dice=dice, kinds=kinds, rate=rate))
            if "doubled" in kinds and isinstance(row, dict) and dice.random() < rate:
                rows.append(rows[-1])
        return rows
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and "strings" in kinds and dice.random() < rate else value


def _mangled_record(
    record: dict[str, Any], *, dice: random.Random, kinds: tuple[str, ...], rate: float
) -> dict[str, Any]:
    spoilt: dict[str, Any] = {}
    for name, value in record.items():
        # Lists of rows stay: without them there is nothing left to spoil.
        is_leaf = not isinstance(value, dict | list)
        if is_leaf and "missing" in kinds and dice.random() < rate:
            continue
        is_null = is_leaf and "nulls" in kinds and dice.random() < rate
        spoilt[name] = None if is_null else mangled(value, dice=dice, kinds=kinds, rate=rate)
    if "unknown" in kinds and dice.random() < rate:
        spoilt["$recipeType"] = {"com.linkedin.unknown": [dice.randint(0, 9), None, {"x": "y"}]}
    return spoilt
