"""`python -m sandbox`: start every platform, say on the last line of stdout where they are, run until told to end."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sqlite3
import sys
from typing import Any

from sandbox import parent
from sandbox.linkedin import (
    ads_planting,
    ads_store,
    control,
    fault_kinds,
    figures,
    history,
    media,
    planting,
    social_store,
)
from sandbox.linkedin.app import Application, refuse
from sandbox.server import Server
from sandbox.world import World, build_world


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if options.die_with_parent:
        parent.die_with_parent()
    try:
        world = _world(options)
    except sqlite3.Error as problem:
        print(f"Filen {options.data} kan ikke brukes: {problem}.", file=sys.stderr)
        return 1
    redirect_uris = tuple(uri.strip() for uri in os.environ.get("SANDBOX_REDIRECT_URIS", "").split(",") if uri.strip())
    try:
        application = Application(world, redirect_uris=redirect_uris)
        server = Server(port=options.port, application=application, refuse=refuse)
    except OSError as problem:
        print(f"Port {options.port} kan ikke brukes: {problem.strerror}. Velg en annen med --port.", file=sys.stderr)
        return 1
    world.bases["linkedin"] = server.base
    world.announcement = lambda: _ready_line(world)
    print(json.dumps(world.announcement(), ensure_ascii=False), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    environment = os.environ
    port = environment.get("SANDBOX_PORT", "0") or "0"
    parser.add_argument("--port", type=_port, default=port, help="LinkedIn's port; 0 = a free one")
    parser.add_argument("--seed", default=environment.get("SANDBOX_SEED") or "1", help="everything drawn comes from it")
    parser.add_argument("--data", default=environment.get("SANDBOX_DATA"), help="file that keeps the state")
    parser.add_argument("--die-with-parent", action="store_true", help="end when the starting process ends")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _world(options: argparse.Namespace) -> World:
    """:raises sqlite3.Error: the data file cannot be opened or is something else"""
    world = build_world(path=options.data, kinds=fault_kinds.NAMES)
    world.store.create(planting.SCHEMA + media.SCHEMA + figures.SCHEMA + ads_store.SCHEMA + social_store.SCHEMA)
    media.adopt(world.store)
    world.plants += [planting.plant, history.plant, ads_planting.plant]
    world.start(seed=options.seed)
    ads_planting.adopt(world)
    planting.renew_ready_token(world)
    if world.seed != options.seed:
        print(f"{options.data} was planted with seed {world.seed}, which stays in force.", file=sys.stderr)
    return world


def _ready_line(world: World) -> dict[str, Any]:
    return {
        "base": world.bases,
        "tokens": {"linkedin": planting.ready_token(world)},
        "organisations": control.organisations(world),
        "members": control.members(world),
        "client": {
            "linkedin": {"client_id": planting.client_id(world), "client_secret": planting.client_secret(world)}
        },
    }


if __name__ == "__main__":
    sys.exit(main())
