"""Small folders of tables for the tests of the sieve."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from zhiping.core.sieve.contract import BY_NAME

Rows = Sequence[Mapping[str, object]]

BODY = {
    "body_id": "E1",
    "name": "样例制造厂",
    "kind": "employer",
    "credit_code": "X",
    "place": "440600",
    "filed_on": "2021-01-01",
    "state": "filed",
}
SITTING = {
    "sitting_id": "S1",
    "plan_id": "P1",
    "body_id": "E1",
    "occupation_code": "6-20-03-01",
    "level": "4",
    "place": "440605",
    "venue_id": "V1",
    "starts_at": "2024-05-11 09:00:00",
    "ends_at": "2024-05-11 17:00:00",
    "state": "held",
}
SCOPE = {
    "scope_id": "L1",
    "body_id": "E1",
    "occupation_code": "6-20-03-01",
    "level": "4",
    "place": "440600",
    "valid_from": "2021-01-01",
}
ENROLMENT = {
    "enrolment_id": "N1",
    "sitting_id": "S1",
    "person_key": "P1",
    "candidate_kind": "staff",
    "born_on": "1990-01-01",
    "entry_condition": "2023/4-1",
    "work_months": "80",
}
RESULT = {
    "enrolment_id": "N1",
    "subject": "theory",
    "score": "59.5",
    "absent": "false",
    "recorded_on": "2024-05-15",
}


def write_csv(folder: Path, name: str, rows: Rows, *, columns: Sequence[str] | None = None) -> Path:
    """Write one table as CSV, columns that a row leaves out being empty."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns or BY_NAME[name].column_names)
        writer.writeheader()
        writer.writerows(rows)
    return file


def good_folder(folder: Path) -> Path:
    """Write a folder whose few tables meet the contract."""
    write_csv(folder, "bodies", [BODY])
    write_csv(folder, "scope_lines", [SCOPE])
    write_csv(folder, "sittings", [SITTING])
    write_csv(folder, "enrolments", [ENROLMENT])
    write_csv(folder, "results", [RESULT])
    return folder
