"""Draw forms in our look: `FORM_RENDERER = "zhiping.ui.forms.Renderer"`.

A form may add two attributes of its own:

    fieldsets = (("单位情况", "按营业执照填写", ("name", "credit_code")), ...)
    clauses = {"insured_count": "FS20-E2"}
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.forms import BaseForm, BoundField, CheckboxInput, FileInput, RadioSelect
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import CheckboxSelectMultiple


class Renderer(DjangoTemplates):
    """Django's widgets inside our fields."""

    form_template_name = "ui/form_fields.html"
    field_template_name = "ui/field.html"


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields that belong together under one legend."""

    legend: str
    hint: str
    fields: Sequence[BoundField]


def groups_of(form: BaseForm) -> Iterator[FieldGroup]:
    """Yield the form's groups; a form without `fieldsets` is one group, and no field is lost."""
    shown: set[str] = set()
    for legend, hint, names in getattr(form, "fieldsets", ()):
        shown.update(names)
        yield FieldGroup(legend, hint, [form[name] for name in names])
    rest = [bound for bound in form.visible_fields() if bound.name not in shown]
    if rest:
        yield FieldGroup("", "", rest)


def clause_of(bound: BoundField) -> str:
    """Return the clause that asks for the field, or nothing."""
    clauses: dict[str, str] = getattr(bound.form, "clauses", {})
    return clauses.get(bound.name, "")


def shape_of(bound: BoundField) -> str:
    """Return which layout the field's widget needs: tick, choices, file or line."""
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "tick"
    return "file" if isinstance(widget, FileInput) else "line"
