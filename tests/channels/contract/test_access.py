"""Tokens: exchanged, renewed, looked at and ended; what is unclear is never taken for an answer (P6, P11, P18, P19)."""

from datetime import timedelta

import pytest

from channels.connectors import AccessDead, ConnectorError, NothingSent, Refused
from foundation import clock
from tests.channels.contract.posting import publish

UNCLEAR = ("answer_lost", "plain_500", "garbage", "empty_2xx", "other_shape", "status_429", "redirect")


def exchanged(stand, channel):
    return channel.exchange(code=stand.a_code(), redirect_uri=stand.redirect_uri, now=clock.now())


class TestExchange:
    def test_p18_gives_a_grant_with_its_end_and_everything_that_was_asked_for(self, stand, channel):
        grant = exchanged(stand, channel)

        assert grant.expires_at > clock.now() + timedelta(hours=1)
        assert set(channel.scopes()) <= grant.scopes
        assert [page.external_id for page in channel.pages(access_token=grant.access_token)] == stand.pages_found

    def test_b28_less_than_was_asked_for_is_refused_by_name(self, stand, channel):
        missing = stand.short_of_scopes()

        with pytest.raises(Refused) as refusal:
            exchanged(stand, channel)

        assert refusal.value.code == "scopes_missing"
        assert missing in refusal.value.detail

    def test_b27_without_an_end_or_a_token_nothing_is_granted(self, stand, channel):
        for fields in ({"drop": ["expires_in"]}, {"set": {"expires_in": -1}}, {"drop": ["access_token"]}):
            stand.fault("token", kind="fields", **fields)
            with pytest.raises((Refused, NothingSent)):
                exchanged(stand, channel)

    def test_a_code_works_once(self, stand, channel):
        code = stand.a_code()
        channel.exchange(code=code, redirect_uri=stand.redirect_uri, now=clock.now())

        with pytest.raises(Refused):
            channel.exchange(code=code, redirect_uri=stand.redirect_uri, now=clock.now())


class TestRenewal:
    def test_p19_b27_gives_a_new_token_and_says_nothing_of_a_refresh_token_that_is_not_repeated(self, stand, channel):
        first = exchanged(stand, channel)
        stand.fault("token", kind="fields", drop=["refresh_token"])

        renewed = channel.refresh(refresh_token=first.refresh_token, now=clock.now())

        assert renewed.access_token not in ("", first.access_token)
        assert renewed.refresh_token == ""

    def test_p19_that_gets_no_clear_answer_is_no_refusal(self, stand, channel):
        refresh_token = exchanged(stand, channel).refresh_token
        for kind in UNCLEAR:
            stand.fault("token", kind=kind)
            with pytest.raises(NothingSent):
                channel.refresh(refresh_token=refresh_token, now=clock.now())

    def test_p6_that_is_refused_is_dead(self, stand, channel):
        with pytest.raises(AccessDead):
            channel.refresh(refresh_token="ukjent", now=clock.now())


class TestProbe:
    def test_p6_finds_an_account_that_could_publish_healthy_and_publishes_nothing(self, stand, channel):
        health = channel.probe(now=clock.now())

        assert health.expires_at is None or health.expires_at > clock.now()
        assert health.clock_skew_s is None or abs(health.clock_skew_s) < 5
        assert stand.published() == []

    def test_p6_finds_dead_access_dead(self, stand, channel):
        for kind in ("token_expired", "token_revoked", "role_lost"):
            stand.fault("probe", kind=kind)
            with pytest.raises(AccessDead):
                channel.probe(now=clock.now())

    def test_concludes_nothing_from_an_unclear_answer(self, stand, channel):
        for kind in UNCLEAR:
            stand.fault("probe", kind=kind)
            with pytest.raises(NothingSent):
                channel.probe(now=clock.now())

    def test_tells_a_clock_that_is_wrong(self, stand, channel):
        stand.fault("revoke", kind="date_skew", skew_s=-86_400)

        skew_s = channel.probe(now=clock.now()).clock_skew_s

        assert skew_s is None or abs(skew_s + 86_400) < 60


class TestEnding:
    def test_p11_returns_only_when_the_platform_says_that_the_tokens_are_dead_and_twice_is_no_error(
        self, stand, channel
    ):
        for _ in range(2):
            channel.revoke(access_token=stand.token, refresh_token="ukjent")

        with pytest.raises(AccessDead):
            publish(channel)

    def test_p11_without_an_answer_is_not_taken_for_done(self, stand, channel):
        for kind in UNCLEAR:
            stand.fault("revoke", kind=kind)
            with pytest.raises(ConnectorError):
                channel.revoke(access_token=stand.token, refresh_token="")


class TestSecrets:
    def test_p17_the_token_is_in_no_exception_log_or_address(self, stand, channel, caplog):
        caplog.set_level("DEBUG")
        said = []
        for step, ask in (
            ("publish", lambda: publish(channel, f"Tekst {len(said)}")),
            ("list", lambda: channel.recent_posts(since=clock.now() - timedelta(days=1))),
            ("figures", lambda: channel.figures([stand.missing_id])),
            ("probe", lambda: channel.probe(now=clock.now())),
        ):
            for kind in ("answer_lost", "garbage", "token_expired", "role_lost", "status_429", "redirect"):
                stand.fault(step, kind=kind)
                with pytest.raises(ConnectorError) as problem:
                    ask()
                chain = [problem.value, problem.value.__cause__, problem.value.__context__]
                said.append("".join(repr(each) + str(each) for each in chain) + problem.value.detail)

        assert stand.token not in "".join(said) + caplog.text + repr(channel.access) + stand.everything_asked()
        assert len(said) == 24
