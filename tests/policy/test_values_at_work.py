"""Numbers for which a clause is all there is: each is read, in its place and time, and does what it says."""

from datetime import date, timedelta

from zhiping.core.policybook import PolicyBook
from zhiping.core.wording.choices import choices_in_force
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

BOOK = PolicyBook.load(policy_folder())
NATION, SHENZHEN, FOSHAN, GUANGDONG = Place("CN"), Place("440300"), Place("440600"), Place("440000")
DAY = date(2026, 11, 22)


def clause_of(parameter, place, on=DAY):
    return BOOK.resolve(parameter, place=place, on=on).clause


def test_the_term_of_five_years_ends_the_guangdong_notice():
    notice = BOOK.documents["GD18"]
    start, end = notice.in_force.start, notice.in_force.end
    years = BOOK.value("notices.validity_years", place=GUANGDONG, on=start)
    assert clause_of("notices.validity_years", GUANGDONG, start) == "GD18-7"
    assert start.replace(year=start.year + years) == end
    assert not notice.in_force.covers(end)
    assert notice.in_force.covers(end - timedelta(days=1))


def test_shenzhen_alone_has_its_three_clocks_after_an_exam():
    names = (
        "exams.result_review_workdays",
        "exams.result_correction_workdays",
        "exams.certificate_upload_workdays",
    )
    for name in names:
        assert BOOK.resolve(name, place=FOSHAN, on=DAY) is None
        found = BOOK.resolve(name, place=SHENZHEN, on=DAY)
        assert (found.clause, found.wording.startswith(str(found.value))) == ("SZ22-2", True)
        assert BOOK.resolve(name, place=SHENZHEN, on=found.period.start - timedelta(days=1)) is None


def test_what_the_platform_sets_itself_says_so_and_is_uncertain():
    own = {
        "screening.headcount_tolerance_percent": "CFG-2",
        "wording.revival_flag_at": "CFG-6",
        "sanctions.outcomes_by_mildness": "CFG-7",
    }
    for name, clause in own.items():
        found = BOOK.resolve(name, place=NATION, on=DAY)
        assert (found.clause, found.certainty) == (clause, "uncertain")
        assert found.note
    assert BOOK.documents["CFG"].number is None


def test_the_guard_of_names_flags_at_the_share_that_the_book_holds():
    flag_at = BOOK.value("wording.revival_flag_at", place=NATION, on=DAY)
    assert clause_of("wording.revival_flag_at", NATION) == "CFG-6"
    assert choices_in_force(DAY).flag_at == float(flag_at)


def test_of_two_outcomes_none_known_is_the_mildest_and_a_refusal_the_gravest():
    """Authority: CFG-7."""
    order = BOOK.value("sanctions.outcomes_by_mildness", place=NATION, on=DAY)
    assert (order[0], order[-1]) == ("no_rule_known", "refuse")
    assert order.index("pass") < order.index("warn")
    assert len(set(order)) == len(order)
