"""The definitions as their files state them."""

import dataclasses
import tomllib


@dataclasses.dataclass(frozen=True)
class Definition:
    id: str
    kind: str
    series: str
    sources: tuple
    bases: tuple = ("",)
    minimum: float | None = None
    whole: bool = False
    gap: tuple = ()
    lag: dict = dataclasses.field(default_factory=dict)
    codes: tuple = ()
    breaks: tuple = ()

    def lag_months(self, basis, group):
        """Months before a cohort is old enough to be judged."""
        if basis not in self.lag.get("bases", self.bases):
            return 0
        return self.lag.get("groups", {}).get(group, self.lag.get("months", 0))


def read(job):
    """Every measure by id, in the order of their folders."""
    found = {}
    register = tomllib.loads((job.parent / "breaks.toml").read_text()).get("breaks", [])
    for path in sorted(job.glob("*/commitment.toml")):
        for stated in tomllib.loads(path.read_text())["measures"]:
            found[stated["id"]] = definition(stated, register)
    return found


def definition(stated, register=()):
    return Definition(
        id=stated["id"],
        kind=stated["kind"],
        series=stated["series"],
        sources=tuple(stated["sources"]),
        bases=tuple(stated.get("bases", [""])),
        minimum=stated.get("minimum_denominator"),
        whole=stated.get("whole_series", False),
        gap=tuple(stated.get("gap", [])),
        lag=stated.get("lag", {}),
        codes=tuple(stated.get("codes", [])),
        breaks=tuple(one for one in register if touches(one, stated)),
    )


def touches(one, stated):
    """Whether a break names an extract and a code of a measure; no names are all."""
    extracts = {name for names in stated["sources"] for name in names.split("|")}
    counted, broken = stated.get("codes", []), one.get("codes", [])
    pairs = [(mine, theirs) for mine in counted for theirs in broken]
    return (not one.get("sources") or bool(extracts & {*one["sources"]})) and (
        not (counted and broken)
        or any(mine.startswith(theirs) or theirs.startswith(mine) for mine, theirs in pairs)
    )
