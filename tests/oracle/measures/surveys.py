"""Answers to a question, one row each; a wave stands in its last month."""

import datetime as dt
import re

from measures.asked import rows

SEXES = {"F": "Women", "M": "Men"}


def answers(world, asked, surveys, question, groups, keep=lambda answer: True):
    """`groups` by the sex of who answered, or a function of the answer."""
    named = groups if callable(groups) else lambda answer: by_sex(groups, answer)
    for answer in world.all("surveys"):
        is_asked = answer.survey in surveys and answer.question == question
        if is_asked and keep(answer) and answer.weight > 0:
            month = last_month(answer.wave)
            if asked.shows(month):
                figures = {"numerator": int(answer.response == "agree"), "weight": answer.weight}
                yield from rows(month, groups=named(answer), **figures)


def by_sex(groups, answer):
    return [groups[answer.sex]] if answer.sex in groups else []


def last_month(wave):
    """`2025-Q4`, `2025-H2`, `2025-12`."""
    year, part = wave.split("-", 1)
    if re.fullmatch(r"Q[1-4]", part):
        return dt.date(int(year), 3 * int(part[1]), 1)
    if re.fullmatch(r"H[12]", part):
        return dt.date(int(year), 6 * int(part[1]), 1)
    return dt.date(int(year), int(part), 1)
