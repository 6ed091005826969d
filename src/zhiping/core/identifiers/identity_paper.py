"""The papers by which a person may be identified (证件类型), and whether a number could be one of theirs."""

import re
from datetime import date
from enum import StrEnum

from zhiping.core.identifiers import identity_number
from zhiping.core.identifiers.identity_number import Holder
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.core.identifiers.problems import Problem


class IdentityPaper(StrEnum):
    """A kind of identity paper; the value is what forms and sheets write."""

    IDENTITY_CARD = "居民身份证"
    OFFICER_CARD = "军官证"
    HONG_KONG_MACAO_PERMIT = "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "台湾居民来往大陆通行证"
    PERMANENT_RESIDENCE_CARD = "外国人永久居留身份证"
    PASSPORT = "护照"
    RESIDENCE_PERMIT = "港澳台居民居住证"


HOLDERS = {
    IdentityPaper.IDENTITY_CARD: (Holder.RESIDENT, Holder.FICTIONAL),
    IdentityPaper.PERMANENT_RESIDENCE_CARD: (Holder.FOREIGNER,),
    IdentityPaper.RESIDENCE_PERMIT: (Holder.HONG_KONG_MACAO_TAIWAN,),
}
"""Papers whose number has the form of an identity number, and the heads it may have."""

SHAPES = {
    # 军、南、北 … 字第 and a run of digits; the words are often left out.
    IdentityPaper.OFFICER_CARD: re.compile(r"[\u4e00-\u9fa5]{0,4}[0-9]{4,10}号?\Z"),
    # A letter and eight digits; two more digits count the renewals and are often copied along.
    IdentityPaper.HONG_KONG_MACAO_PERMIT: re.compile(r"[HM][0-9]{8}([0-9]{2})?\Z"),
    # Eight digits; older ones ten and possibly a letter in brackets.
    IdentityPaper.TAIWAN_PERMIT: re.compile(r"([0-9]{8}|[0-9]{10}(\(?[A-Z]\)?)?)\Z"),
    IdentityPaper.PASSPORT: re.compile(r"(?=.*[0-9])[A-Z0-9]{6,12}\Z"),
}
_FORMER_PERMANENT_RESIDENCE = re.compile(r"[A-Z]{3}[0-9]{12}\Z")


def problems(paper: IdentityPaper, text: str, *, on: date) -> tuple[Problem, ...]:
    """Return what is wrong with the number of a paper; nothing when it could be one.

    Numbers in the form of an identity number are checked in full. For the other papers only an implausible
    shape is refused: their forms change with the issuing state and year.
    """
    number = normalise_code(text)
    if not number:
        return (Problem(code="identifiers.paper_number_missing", facts={"paper": paper.value}),)
    if paper not in HOLDERS:
        return () if SHAPES[paper].match(number) else (_shape_problem(paper, number),)
    if paper is IdentityPaper.PERMANENT_RESIDENCE_CARD and _FORMER_PERMANENT_RESIDENCE.match(number):
        return ()
    found = identity_number.problems(number, on=on)
    if found:
        return found
    if identity_number.holder_of(number) not in HOLDERS[paper]:
        facts = {"paper": paper.value, "head": number[:2]}
        return (Problem(code="identifiers.paper_of_another_kind", facts=facts),)
    return ()


def _shape_problem(paper: IdentityPaper, number: str) -> Problem:
    return Problem(code="identifiers.paper_number_shape", facts={"paper": paper.value, "length": len(number)})
