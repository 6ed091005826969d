"""The form that a draft is handed in with: files, the day on which it is tried, where."""

from typing import Any

from django import forms

from zhiping.portals.authority.draft_files import LIMIT_BYTES, LIMIT_FILES, Draft, read_draft


class DraftInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return every file that was chosen."""
        del data
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class DraftField(forms.FileField):
    """One zip, or single YAML files."""

    widget = DraftInput

    def clean(self, data: Any, initial: Any = None) -> Draft:
        """Read what was uploaded; every file that is not let in is named."""
        del initial  # nothing was uploaded before
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"])
        draft = read_draft(given)
        if draft.problems:
            raise forms.ValidationError(list(draft.problems))
        return draft


class DraftForm(forms.Form):
    """A draft, the day on which it is tried, where."""

    draft = DraftField(
        label="草案文件",
        help_text=(
            "一个 ZIP 压缩包（文件夹结构与政策库相同），或一个、几个 .yaml 文件；"
            "同名文件取代政策库中的原文件。"
            f"合计不超过 {LIMIT_BYTES // 1024**2} MB、{LIMIT_FILES} 个文件。"
        ),
        widget=DraftInput(attrs={"multiple": True, "accept": ".zip,.yaml"}),
    )
    on = forms.DateField(
        label="判定日",
        help_text="全部记录都按这一天判定：一次按现行政策，一次按草案。草案中的新规则须在这一天已施行。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place = forms.ChoiceField(label="地区", help_text="该地区（含下辖）的在册记录。")
