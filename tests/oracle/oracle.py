"""A second reading of the texts (对照判定), as SQL over a table of cases.

It shares nothing with the rules: each file under `readings/` says for one question what the documents
demand, of whom, where and from which day, with SQL's own three-valued logic. Only names and types of facts
come from the vocabulary that both sides speak.
"""

import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import duckdb
import yaml

from tests.oracle.generator import Case

READINGS = Path(__file__).parent / "readings"
VOCABULARY = Path(__file__).parents[2] / "policy" / "facts.yaml"
TYPES = {
    "whole": "BIGINT",
    "decimal": "DECIMAL(18, 4)",
    "text": "VARCHAR",
    "flag": "BOOLEAN",
    "day": "DATE",
    "texts": "VARCHAR[]",
}

# A sentence that refuses weighs more than any doubt, a doubt more than a caution, that more than consent.
ANSWER = """
WITH read AS ({reading}),

sentences AS (SELECT read.id, unnest(read.demands, recursive := TRUE) FROM read),

told AS (SELECT * FROM sentences WHERE in_force)

SELECT
    read.id,
    CASE
        WHEN count(told.id) = 0 THEN 'no_rule_known'
        WHEN bool_or(told.concerned AND NOT told.met AND told.weight = 'refuse') THEN 'refuse'
        WHEN bool_or(told.concerned IS NULL OR (told.concerned AND told.met IS NULL)) THEN 'unknown'
        WHEN bool_or(told.concerned AND NOT told.met) THEN 'warn'
        WHEN bool_or(told.concerned) THEN 'pass'
        ELSE 'not_applicable'
    END AS outcome,
    list(told.clauses) FILTER (WHERE told.concerned AND NOT told.met AND told.weight = 'refuse') AS refused
FROM read LEFT JOIN told ON read.id = told.id
GROUP BY read.id
ORDER BY read.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the texts say of a case; `refused` has for each sentence the clauses that name it, any of them."""

    outcome: str
    refused: frozenset[frozenset[str]]

    def agrees_on_clauses(self, cited: frozenset[str]) -> bool:
        """Tell whether the clauses cited name the sentences that refuse, each of them and no other.

        A sentence that stands in none of the five documents has no clause to compare.
        """
        named = [reason for reason in self.refused if reason]
        return all(reason & cited for reason in named) and (
            len(named) < len(self.refused) or cited <= frozenset().union(*named)
        )


def questions() -> list[str]:
    """Return the questions that have a reading."""
    return sorted(path.stem for path in READINGS.glob("[!_]*.sql"))


def answers(cases: Sequence[Case], *, folder: Path) -> dict[int, Answer]:
    """Answer all cases from the readings; `folder` takes the table of cases in passing."""
    database = duckdb.connect()
    database.execute("SET threads = 1")
    database.execute((READINGS / "_words.sql").read_text(encoding="utf-8"))
    found: dict[int, Answer] = {}
    for question in questions():
        reading = (READINGS / f"{question}.sql").read_text(encoding="utf-8")
        table = folder / f"{question}.json"
        columns = _columns(asked_by=reading)
        _write(table, [case for case in cases if case.question == question], columns)
        database.execute("DROP VIEW IF EXISTS spoken")
        database.execute("CREATE OR REPLACE TABLE cases AS SELECT * FROM " + _reader(table, columns))
        database.execute((READINGS / "_texts.sql").read_text(encoding="utf-8"))
        for number, outcome, refused in database.execute(ANSWER.format(reading=reading)).fetchall():
            reasons = frozenset(frozenset(reason) for reason in refused or ())
            found[number] = Answer(outcome=outcome, refused=reasons)
    database.close()
    return found


def _write(table: Path, cases: Iterable[Case], columns: Container[str]) -> None:
    with table.open("w", encoding="utf-8") as file:
        for case in cases:
            facts = {name: value for name, value in case.facts.items() if name in columns}
            row = {"id": case.id, "place": case.place, "day": case.day, **facts}
            file.write(json.dumps(row, default=_text) + "\n")


def _text(value: object) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise TypeError(type(value))


def _reader(table: Path, columns: Mapping[str, str]) -> str:
    listed = ", ".join(f"{name}: '{kind}'" for name, kind in columns.items())
    return f"read_json('{table}', format = 'newline_delimited', columns = {{{listed}}})"


def _columns(*, asked_by: str) -> dict[str, str]:
    """Return the columns that a reading names: a case without such a fact has nothing in it."""
    names = set(re.findall(r"\w+", asked_by))
    facts = {str(fact["name"]): _column(fact) for fact in _vocabulary() if fact["name"] in names}
    return {"id": "BIGINT", "place": "VARCHAR", "day": "DATE"} | facts


@cache
def _vocabulary() -> list[dict[str, object]]:
    facts: list[dict[str, object]] = yaml.safe_load(VOCABULARY.read_text(encoding="utf-8"))["facts"]
    return facts


def _column(fact: dict[str, object]) -> str:
    if fact["type"] != "rows":
        return TYPES[str(fact["type"])]
    fields = fact["fields"]
    assert isinstance(fields, list)
    return "STRUCT(" + ", ".join(f"{field['name']} {_column(field)}" for field in fields) + ")[]"
