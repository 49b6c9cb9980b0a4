"""The catalogues hold every string of the source, in both written forms of Norwegian."""

import pytest

from kanalkompass.catalogues import strings, verdict


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
