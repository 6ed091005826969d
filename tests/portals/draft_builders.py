"""Drafts as officers hand them in, and the desk that they are handed in at."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests import builders
from zhiping.kernel.resources import policy_folder
from zhiping.portals import clock as portal_clock
from zhiping.portals import context, gate

SIGNED_BY = "django.contrib.auth.backends.ModelBackend"
NUMBERS = "employer_filing.yaml"


def desk_of(client, monkeypatch, settings, folder):
    """Return what signs an officer in, at a desk with its own state folder and a clock that stands still."""
    settings.STATE_DIR = folder
    for module in (gate, context, portal_clock):
        monkeypatch.setattr(module, "current_clock", lambda: builders.AT_REVIEW)

    def sign_in(role="city_handler", place=builders.FOSHAN):
        client.force_login(builders.officer_account(role, place), backend=SIGNED_BY)
        return client

    return sign_in


def address(name, *args):
    return reverse(f"authority:{name}", args=args)


def key_of(url):
    return url.rstrip("/").rsplit("/", 1)[-1].replace("-", "")


def in_force(path):
    """Return the text of a file of the policy folder."""
    return (policy_folder() / path).read_text(encoding="utf-8")


def changed(path, old, new):
    text = in_force(path)
    assert old in text
    return text.replace(old, new, 1).encode()


def stricter(limit=400):
    """Return the file of a draft that asks for more insured staff than the law does."""
    text = changed(f"parameters/{NUMBERS}", "value: 300", f"value: {limit}").decode()
    assert "300人以上" in text
    return text.replace("300人以上", f"{limit}人以上", 1).encode()


def upload(client, *files, **changes):
    given = [SimpleUploadedFile(name, content) for name, content in files]
    data = {"draft": given, "on": "2026-12-09", "place": builders.FOSHAN, **changes}
    return client.post(address("whatif-new"), data)


def zipped(*members):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()
