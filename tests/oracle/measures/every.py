"""Every measure by its id."""

from measures import (
    c00_published,
    c01_police_perpetrators,
    c02_trust,
    c03_resources,
    c04_culture,
    c05_evidence,
    c06_perpetrators,
    c07_powers,
    c08_victims,
    c09_places,
    c10_prevention,
)

MODULES = (
    c00_published,
    c01_police_perpetrators,
    c02_trust,
    c03_resources,
    c04_culture,
    c05_evidence,
    c06_perpetrators,
    c07_powers,
    c08_victims,
    c09_places,
    c10_prevention,
)
MEASURES = {id: measure for module in MODULES for id, measure in module.measures().items()}
