"""The catalogues hold every string of the source, in both written forms of Norwegian."""

import json
import pkgutil
from importlib import import_module
from typing import Any

import pytest
from django.forms.forms import BaseForm
from django.test import RequestFactory
from django.utils import translation
from django.views.i18n import JSONCatalog

from kanalkompass.catalogues import english, packages, strings, verdict


class TestExtraction:
    def test_finds_a_templates_strings_whatever_their_indentation(self):
        template = """
            {% load i18n %}
              <p>{% translate "Sources" %}</p>
        {% blocktranslate count n=n %}{{ n }} post{% plural %}{{ n }} posts{% endblocktranslate %}
             <a title='{% translate "It\\'s here" %}' href="">{% blocktranslate trimmed with name=job.name %}
                Apply to
                {{ name }}{% endblocktranslate %}</a>
        """

        found = [ident for _line, ident, _context in strings.found_in(strings.as_python(template))]

        assert ("%(n)s post", "%(n)s posts") in found
        assert "Sources" in found
        assert "Apply to %(name)s" in found

    def test_misses_what_stands_inside_an_f_string_so_nothing_does(self):
        planted = [*strings.hidden_in("x = 1\ntitle = f\"{name}: {_('none')}\"")]

        hidden = [path.name for path in strings.python_files() if [*strings.hidden_in(path.read_text())]]

        assert planted == [2]
        assert hidden == []

    def test_reads_every_file_of_the_source(self):
        assert len(strings.source_catalogue()) > 20


class TestVerdict:
    @pytest.mark.parametrize(
        ("ident", "translation", "fault"),
        [
            ("Sources", "Kilder", None),
            ("Sources", "", "mangler"),
            ("Sources", None, "mangler"),
            ("At %(time)s", "Kl. %(time)s", None),
            ("At %(time)s", "Kl. %(tid)s", "plassholderne"),
            ("At %(time)s", "Nå", "plassholderne"),
            (("%(n)s post", "%(n)s posts"), ("Ett innlegg", "%(n)s innlegg"), None),
            (("%(n)s post", "%(n)s posts"), ("Ett innlegg", ""), "mangler"),
            (("%(n)s post", "%(n)s posts"), "%(n)s innlegg", "entall"),
            ("100 %% of {name}", "100 %% av {name}", None),
        ],
    )
    def test_sees_what_is_missing_or_broken(self, ident, translation, fault):
        faults = verdict.faults_of(ident, translation)

        assert len(faults) == (fault is not None)
        assert fault is None or faults[0].startswith(fault)

    def test_both_written_forms_of_norwegian_are_complete(self):
        assert verdict.check().faults == []


class TestPackages:
    def test_whatever_an_installed_package_may_say_is_said_in_both_forms_of_norwegian(self, monkeypatch):
        assert list(packages.gaps()) == []

        monkeypatch.setattr(packages, "NEVER_SHOWN", {"Login"})
        assert "nn: Uyghur" in set(packages.gaps()), "the detector sees a gap"

    @pytest.mark.parametrize(("language", "day"), [("nb", "mandag"), ("nn", "måndag")])
    def test_the_scripts_of_the_administration_speak_too(self, language, day):
        with translation.override(language):
            answer = JSONCatalog.as_view(packages=["django.contrib.admin"])(RequestFactory().get("/"))

        assert json.loads(answer.content)["catalog"]["Monday"] == day


class TestEnglish:
    def test_no_norwegian_text_is_english(self):
        assert list(english.faults()) == []

    @pytest.mark.parametrize(
        ("text", "is_english"),
        [
            ("Velg en farge", False),
            ("Choose a colour", True),
            ("Lagre changes nå", True),
            ("Kampanjen «Summer jobs» er lagret", False),
            ("Følg oss på LinkedIn Campaign Manager", False),
            ("Post-it og e-post for alle", False),
            ("Søknaden er sent", False),
            ("%(count)s applicants", True),
            ('<a href="%(url)s">Read more</a>', True),
        ],
    )
    def test_is_seen_among_norwegian_words(self, text, is_english):
        assert bool(english.words_in(text)) == is_english


class TestMessagesOfFields:
    def test_whatever_a_field_of_ours_can_complain_of_is_in_our_own_catalogues(self):
        """Django's nynorsk is thin and its bokmål stiff; what a form of ours may say is said by us."""
        own = {language: strings.read(language) for language in ("nb", "nn")}

        missing = {
            f"{language}: {text!r} ({where})"
            for where, text in sorted(complaints())
            for language, catalogue in own.items()
            if not getattr(catalogue.get(text), "string", "")
        }

        assert missing == set()


def complaints() -> set[tuple[str, str]]:
    """Return (form and field, English message) of every field's own messages and its validators'."""
    for module in ("recruitment", "channels", "analytics", "kanalkompass"):
        for found in pkgutil.walk_packages(import_module(module).__path__, f"{module}."):
            if "forms" in found.name:
                import_module(found.name)
    told = set()
    with translation.override("en"):
        for form in every_subclass(BaseForm):
            if not form.__module__.startswith(("recruitment", "channels", "analytics", "kanalkompass")):
                continue
            for name, field in form.base_fields.items():
                given = [
                    *field.error_messages.values(),
                    *(each.message for each in field.validators if hasattr(each, "message")),
                ]
                told |= {(f"{form.__name__}.{name}", singular(message)) for message in given}
    return told


def singular(message: Any) -> str:
    """Return the text by which the catalogue knows a message."""
    return getattr(message, "_kw", {}).get("singular") or str(message)


def every_subclass(cls: type) -> set[type]:
    """Return all subclasses, of whatever depth."""
    return {deeper for each in cls.__subclasses__() for deeper in {each, *every_subclass(each)}}
