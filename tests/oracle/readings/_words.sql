-- The words that all readings share: three-valued, NULL is "cannot be told".

-- Each row meets it. No rows at all: nothing was said of any, so it cannot be told.
CREATE MACRO every(verdicts) AS CASE
    WHEN verdicts IS NULL OR len(verdicts) = 0 THEN NULL
    WHEN list_contains(verdicts, FALSE) THEN FALSE
    WHEN len(list_filter(verdicts, lambda verdict : verdict IS NULL)) > 0 THEN NULL
    ELSE TRUE
END;

-- One sentence of a text that demands something of the case.
-- clauses: where it may be looked up (any of them names it; empty: no clause of the five documents);
-- in_force: the text speaks at the place on the day; concerned: it speaks of such a case; met: the case is as demanded.
CREATE MACRO demand(clauses, in_force, concerned, met) AS {
    'clauses': clauses::VARCHAR [], 'weight': 'refuse', 'in_force': in_force, 'concerned': concerned, 'met': met
};

CREATE MACRO caution(clauses, in_force, concerned, met) AS {
    'clauses': clauses::VARCHAR [], 'weight': 'warn', 'in_force': in_force, 'concerned': concerned, 'met': met
};

-- "More than N years" by the calendar: the day that corresponds, else the last of its month.
CREATE MACRO years_after(since, years) AS (since + to_years(years::INTEGER))::DATE;
