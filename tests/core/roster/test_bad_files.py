import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.roster.bad.make_gallery import GALLERY, good
from tests.core.roster.made import CANDIDATES, candidate, workbook
from zhiping.core.roster import errors, read_and_check
from zhiping.core.roster.messages import FILES, file_sentence

EXPECTED = {
    "empty_file": errors.FileEmptyError,
    "blanks_only": errors.FileEmptyError,
    "byte_order_mark_only": errors.FileEmptyError,
    "header_without_rows": errors.FileEmptyError,
    "everything_on_a_hidden_sheet": errors.FileEmptyError,
    "packed_too_large": errors.FileTooLargeError,
    "zip_bomb_by_declared_size": errors.FileTooLargeError,
    "zip_bomb_that_lies_about_its_size": errors.DamagedFileError,
    "thousand_parts": errors.FileTooLargeError,
    "two_parts_with_one_name": errors.DamagedFileError,
    "one_cell_in_the_last_corner": errors.TooManyColumnsError,
    "one_cell_in_the_last_column": errors.TooManyColumnsError,
    "far_cell_in_single_quotes": errors.TooManyRowsError,
    "far_cell_disguised_by_references": errors.DamagedFileError,
    "sheet_in_another_encoding": errors.DamagedFileError,
    "document_type_with_entities": errors.DamagedFileError,
    "macro_workbook": errors.MacroFileError,
    "macro_type_without_macro": errors.MacroFileError,
    "macro_sheet_of_the_old_kind": errors.MacroFileError,
    "encrypted_workbook": errors.EncryptedFileError,
    "encrypted_archive": errors.EncryptedFileError,
    "workbook_of_before_2007": errors.OldWorkbookError,
    "archive_that_is_no_workbook": errors.FileKindError,
    "cut_off_in_the_middle": errors.DamagedFileError,
    "one_byte_flipped": errors.DamagedFileError,
    "sheet_part_missing": errors.DamagedFileError,
    "workbook_relations_missing": errors.DamagedFileError,
    "picture_named_like_a_sheet": errors.FileKindError,
    "printed_page_named_like_a_sheet": errors.FileKindError,
    "random_bytes": errors.FileKindError,
    "text_with_null_bytes": errors.FileKindError,
    "a_letter_instead_of_a_table": errors.HeaderNotFoundError,
    "another_table": errors.HeaderNotFoundError,
    "header_twice_the_same_column": errors.HeaderRefusedError,
    "header_too_far_down": errors.HeaderNotFoundError,
    "text_with_too_many_columns": errors.TooManyColumnsError,
}


def test_every_file_of_the_gallery_is_expected_to_fail():
    assert set(EXPECTED) == set(GALLERY)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("attack", sorted(GALLERY))
def test_a_bad_file_is_refused_for_its_own_reason_with_advice(attack):
    with pytest.raises(errors.RosterFileError) as caught:
        read_and_check(GALLERY[attack](), CANDIDATES)
    assert type(caught.value) is EXPECTED[attack]
    shown = file_sentence(caught.value)
    assert shown.endswith("。")
    assert "请" in shown
    assert "{" not in shown


def test_every_refusal_has_a_sentence():
    classes = [errors.RosterFileError, *errors.RosterFileError.__subclasses__()]
    assert {each.code for each in classes} == set(FILES)


@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255))
def test_no_flipped_byte_escapes_as_another_exception(place, byte):
    data = bytearray(good())
    data[int(place * len(data))] = byte
    try:
        roster = read_and_check(bytes(data), CANDIDATES)
    except errors.RosterFileError:
        return
    assert len(roster.rows) == 1


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_at_all_escape_as_another_exception(data):
    with pytest.raises(errors.RosterFileError):
        read_and_check(data, CANDIDATES)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([field.header for field in CANDIDATES.fields]), st.text(max_size=30)))
def test_no_cell_text_stops_the_other_rows(changes):
    lines = [candidate(), candidate(1) | changes]
    quoted = [
        '"' + (row.get(field.header) or "").replace('"', '""') + '"'
        for row in lines
        for field in CANDIDATES.fields
    ]
    count = len(CANDIDATES.fields)
    header = ",".join(field.header for field in CANDIDATES.fields)
    text = "\n".join([header, ",".join(quoted[:count]), ",".join(quoted[count:])])
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    try:
        roster = read_and_check(data, CANDIDATES)
    except errors.FileKindError:
        assert "\x00" in text
        return
    assert {problem.code for problem in roster.rows[0].problems} <= {"roster.repeated"}


def test_formulas_are_read_by_their_stored_value_only():
    data = workbook(
        [candidate() | {"所在单位": '=HYPERLINK("http://127.0.0.1","某公司")', "通讯地址": "=1+1"}]
    )
    row = read_and_check(data, CANDIDATES).rows[0]
    assert row.is_good
    assert row.clean["employer"] is None
