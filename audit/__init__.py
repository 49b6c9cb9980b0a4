"""
The audit log (P16). Changes of rows write themselves, by triggers; see `kanalkompass/audited.py` for which tables.

What changes no row is said with `record`: `record(Act.EXPORTED, detail={"what": "sources"})`.
"""

from audit.recording import record

__all__ = ["record"]
