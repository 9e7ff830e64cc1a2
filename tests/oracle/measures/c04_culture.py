"""Commitment 4: sexism and misogyny in the force."""

from measures.asked import day_of, last_day, row
from measures.surveys import SEXES, answers
from measures.training import in_date


def measures():
    return {
        "4.1": confident_to_challenge,
        "4.2": sexism_allegations,
        "4.3": lambda world, asked: in_date(world, asked, ("call_it_out",)),
    }


def confident_to_challenge(world, asked):
    yield from answers(world, asked, ("staff",), "confident_to_challenge", SEXES)


def sexism_allegations(world, asked):
    cases = [one for one in world.all("conduct_cases") if one.category == "sexism_and_misogyny"]
    for month in asked.every_month():
        number = sum(month <= day_of(case.recorded_at) <= last_day(month) for case in cases)
        posts = sum(post.filled_fte for post in world.posts_at_end(month))
        # The first month of cases may be held in part.
        if posts and month > world.first_case_in:
            yield row(month, numerator=number, denominator=float(posts) / 12)
