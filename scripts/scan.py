"""
Look for what our own rules (rules/*.yaml, by semgrep) and bandit know as faults.

Both first look at the faults planted in rules/planted/. A rule that has no plant, or does not find it, fails the scan:
a scanner that is blind says «nothing found» too. Needs no network.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv-tools" / "bin"
RULES = ROOT / "scripts" / "rules"
PLANTED = RULES / "planted"
APPS = ["kanalkompass", "analytics", "channels", "recruitment", "foundation", "audit", "templates"]
# Where bandit's doubt about a whole file is answered; for a single line `# nosec` stands on the line.
ANSWERED = {
    "analytics/actions/measurement_sql.py": "B608",  # nothing but SQL from the names of our own tables and columns
    "analytics/actions/rollups.py": "B608",  # the same
    "channels/actions/visit_sql.py": "B608",  # the same
    "kanalkompass/privacy/erasing.py": "B608",  # the names of tables come from our own models
}
EXPECTED = re.compile(r"\b(ruleid|ok): ([\w, -]+)")
BANDIT_EXPECTED = re.compile(r"# finds: (B\d+)")

Found = set[tuple[str, str, int]]


def main() -> int:
    """Print what was found; 0 means that nothing was, and that the scanners see."""
    apps = [app for app in APPS if (ROOT / app).exists()]
    blind = [*blind_rules(semgrep([PLANTED])), *blind_bandit(bandit([PLANTED / "bandit.py"]))]
    found = [*semgrep(apps), *bandit([app for app in apps if app != "templates"])]
    for line in blind:
        print(f"BLIND {line}")
    for rule, path, line in sorted(found):
        print(f"{path}:{line} {rule}")
    print(f"{len(list(rules()))} rules of ours, {len(found)} found, {len(blind)} blind.")
    return 1 if found or blind else 0


def rules() -> Iterator[str]:
    """Yield the names of our rules."""
    for file in sorted(RULES.glob("*.yaml")):
        yield from re.findall(r"^  - id: (\S+)$", file.read_text(), re.MULTILINE)


def blind_rules(found: Found) -> Iterator[str]:
    """Yield what our rules should have found in the plants and did not, and what they should have left alone."""
    seen = {(Path(path).name, line, rule) for rule, path, line in found}
    expected = defaultdict(int)
    for file in sorted(PLANTED.glob("*")):
        for number, text in enumerate(file.read_text().splitlines(), start=1):
            for kind, names in EXPECTED.findall(text):
                for rule in map(str.strip, names.split(",")):
                    expected[rule] += kind == "ruleid"
                    if ((file.name, number + 1, rule) in seen) != (kind == "ruleid"):
                        yield f"{file.name}:{number + 1} {rule} {'is not found' if kind == 'ruleid' else 'is found'}"
    yield from (f"{rule} has no plant" for rule in rules() if not expected[rule])
    yield from (f"{rule} is planted, but no rule" for rule in expected if rule not in set(rules()))


def blind_bandit(found: Found) -> Iterator[str]:
    """Yield what bandit should have found in its plant and did not."""
    seen = {(rule, line) for rule, _, line in found}
    for number, text in enumerate((PLANTED / "bandit.py").read_text().splitlines(), start=1):
        for rule in BANDIT_EXPECTED.findall(text):
            if (rule, number) not in seen:
                yield f"bandit.py:{number} {rule} is not found"


def semgrep(where: list[Path] | list[str]) -> Found:
    """Return (rule, path, line) of what our rules find; a file that cannot be read ends the scan."""
    quiet = [
        "--metrics=off",
        "--disable-version-check",
        "--quiet",
        "--json",
        "--no-git-ignore",
        "--jobs=2",
        "--project-root=.",
    ]
    configs = [f"--config={file}" for file in sorted(RULES.glob("*.yaml"))]
    said = run([str(TOOLS / "semgrep"), "scan", *quiet, *configs, *map(str, where)])
    if said["errors"]:
        sys.exit(f"semgrep could not read everything: {json.dumps(said['errors'], indent=1)[:2000]}")
    return {
        (each["check_id"].rpartition(".")[2], os.path.relpath(each["path"], ROOT), each["start"]["line"])
        for each in said["results"]
    }


def bandit(where: list[Path] | list[str]) -> Found:
    """Return (test, path, line) of what bandit finds with the settings of pyproject.toml."""
    said = run([str(TOOLS / "bandit"), "--quiet", "-r", "-c", "pyproject.toml", "-f", "json", *map(str, where)])
    if said["errors"]:
        sys.exit(f"bandit could not read everything: {json.dumps(said['errors'], indent=1)[:2000]}")
    found = {
        (each["test_id"], os.path.relpath(each["filename"], ROOT), each["line_number"]) for each in said["results"]
    }
    return {(test, path, line) for test, path, line in found if ANSWERED.get(path) != test}


def run(command: list[str]) -> dict:
    """Run a scanner from the project's folder and return its JSON."""
    environ = os.environ | {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=300)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        sys.exit(f"{Path(command[0]).name} ended with status {done.returncode}: {done.stderr[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
