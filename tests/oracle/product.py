"""The program under test: its commands, and what its ledger says."""

import json
import subprocess
from decimal import Decimal


class Daybook:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder

    def command(self, *words):
        done = subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"daybook {' '.join(map(str, words))} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def init(self):
        self.command("init", self.folder)

    def run(self, job, as_of):
        return self.command("run", job, "--as-of", as_of, "--dir", self.folder)

    def rows(self, sql):
        told = self.command("query", sql, "--format", "json", "--dir", self.folder)
        return json.loads(told, parse_float=Decimal)

    def list_of(self, as_of):
        """The last word of a date."""
        return self.rows(
            "select * from ledger.lists where as_of = date "
            f"'{as_of}' order by list_id desc limit 1"
        )[0]
