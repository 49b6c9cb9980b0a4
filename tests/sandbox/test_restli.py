"""Rest.li values: what is written the 2.0 way is read back whole, however much of it was encoded."""

import contextlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.linkedin import restli

KEYS = st.text(min_size=1, max_size=12)
LEAVES = st.text(max_size=20)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
# An empty record is written "()" and an empty list "List()"; a list of one empty text looks like an empty list.
STRUCTURES = (st.lists(VALUES, max_size=4) | st.dictionaries(KEYS, VALUES, max_size=4)).filter(
    lambda value: "List()" not in restli.encode(value) or value == []
)


class TestParseValue:
    @given(STRUCTURES)
    def test_reads_back_what_was_written(self, value):
        assert restli.parse_value(restli.encode(value)) == value

    @given(STRUCTURES)
    def test_reads_a_value_that_was_encoded_once_more(self, value):
        assert restli.parse_value(quote(restli.encode(value), safe="")) == value

    @given(st.text(max_size=60))
    def test_never_fails_with_anything_but_its_own_error(self, text):
        with contextlib.suppress(restli.RestliError):
            restli.parse_value(text)

    @pytest.mark.parametrize(
        ("raw", "value"),
        [
            ("List(urn:li:share:1,urn:li:share:2)", ["urn:li:share:1", "urn:li:share:2"]),
            ("List(urn%3Ali%3Ashare%3A1)", ["urn:li:share:1"]),
            ("List%28urn%3Ali%3Ashare%3A1%2Curn%3Ali%3Ashare%3A2%29", ["urn:li:share:1", "urn:li:share:2"]),
            ("List()", []),
            ("List(urn:li:comment:(urn:li:activity:7,8),x)", ["urn:li:comment:(urn:li:activity:7,8)", "x"]),
            ("(end:2,start:1)", {"end": "2", "start": "1"}),
            ("urn%3Ali%3AstaffCountRange%3A%2851%2C200%29", "urn:li:staffCountRange:(51,200)"),
            (
                "(timeRange:(start:1,end:2),timeGranularityType:DAY)",
                {"timeRange": {"start": "1", "end": "2"}, "timeGranularityType": "DAY"},
            ),
        ],
    )
    def test_reads_the_forms_clients_send(self, raw, value):
        assert restli.parse_value(raw) == value

    @pytest.mark.parametrize("raw", ["List(a", "(a:b", "List(a))(", "List(a)(b)", "(nokey)", "List((a:b)"])
    def test_refuses_brackets_that_do_not_match(self, raw):
        with pytest.raises(restli.RestliError):
            restli.parse_value(raw)

    def test_refuses_a_nest_without_end(self):
        with pytest.raises(restli.RestliError):
            restli.parse_value("List(" * 500 + ")" * 500)


class TestParseQuery:
    def test_reads_the_dotted_and_indexed_forms_of_protocol_1(self):
        query = "timeIntervals.timeRange.start=5&shares[1]=b&shares[0]=a&q=x"

        parameters = restli.parse_query(query, is_protocol_2=False)

        assert parameters == {"timeIntervals": {"timeRange": {"start": "5"}}, "shares": ["a", "b"], "q": "x"}

    def test_takes_a_list_for_plain_text_in_protocol_1(self):
        assert restli.parse_query("shares=List(a)", is_protocol_2=False) == {"shares": "List(a)"}

    @given(st.text(max_size=60), st.booleans())
    def test_never_fails_with_anything_but_its_own_error(self, query, is_protocol_2):
        with contextlib.suppress(restli.RestliError):
            restli.parse_query(query, is_protocol_2=is_protocol_2)
