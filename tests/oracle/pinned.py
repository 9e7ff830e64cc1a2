"""Makes requirements.txt of requirements.in: every package that pip would
install here, with its version and the hash of its file.

    python3.11 tests/oracle/pinned.py
"""

import json
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main():
    told = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run",
         "--ignore-installed", "--only-binary", ":all:", "--report", "-",
         "-r", str(FOLDER / "requirements.in")],
        check=True, stdout=subprocess.PIPE,
    )
    path = FOLDER / "requirements.txt"
    head = [line for line in path.read_text().splitlines() if line.startswith("#")]
    lines = []
    for one in json.loads(told.stdout)["install"]:
        name = one["metadata"]["name"].lower().replace("_", "-")
        digest = one["download_info"]["archive_info"]["hashes"]["sha256"]
        version = one["metadata"]["version"]
        lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest}")
    path.write_text("\n".join(head + sorted(lines)) + "\n")


main()
