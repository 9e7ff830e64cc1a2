"""The program under test: its commands, and what its ledger says."""

import json
import subprocess
from decimal import Decimal

OFFICER = "j.officer"


class Daybook:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        # What was asked and answered, as text, so that it can be asked again.
        self.answers = {}

    def command(self, *words):
        done = subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(
                f"daybook {' '.join(map(str, words))} failed:\n{(done.stdout + done.stderr)[:2000]}"
            )
        return done.stdout

    def init(self):
        self.command("init", self.folder, "--officer", OFFICER)

    def run(self, job, as_of):
        return self.command("run", job, "--as-of", as_of, "--dir", self.folder)

    def rows(self, sql):
        if sql not in self.answers:
            self.answers[sql] = self.command("query", sql, "--format", "json", "--dir", self.folder)
        return json.loads(self.answers[sql], parse_float=Decimal)

    def list_of(self, as_of):
        """The last word of a date."""
        return self.rows(
            "select * from ledger.lists where as_of = date "
            f"'{as_of}' order by list_id desc limit 1"
        )[0]
