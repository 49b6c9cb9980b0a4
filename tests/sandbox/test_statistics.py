"""Figures: one series behind them all, growing, deterministic, missing where the platform leaves them out."""

from itertools import pairwise

import pytest

from tests.sandbox.driver import DAY_MS, DAY_S, LYNGVAER, Platform, encoded

SUMMED = ("impressionCount", "clickCount", "likeCount", "commentCount", "shareCount")
FOLLOWERS = (
    f"/rest/organizationalEntityFollowerStatistics?q=organizationalEntity&organizationalEntity={encoded(LYNGVAER)}"
)


def interval(start: int, end: int, granularity: str = "DAY") -> str:
    return f"&timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:{granularity})"


def days(platform: Platform, n_days: int, granularity: str = "DAY") -> list[dict]:
    now = platform.now_ms()
    return platform.totals(interval(now - n_days * DAY_MS, now + 1, granularity))


def per_post(platform: Platform, *urns: str) -> list[dict]:
    return platform.totals(f"&shares=List({','.join(map(encoded, urns))})")


class TestShareStatistics:
    def test_leave_out_a_post_nobody_has_seen(self, platform):
        urn = platform.posted()

        assert per_post(platform, urn, "urn:li:share:1") == []

    def test_grow_and_never_shrink(self, platform):
        urn = platform.posted()
        seen = []
        for step_s in (60, 3600, DAY_S, 5 * DAY_S, 20 * DAY_S, 5 * DAY_S):
            platform.advance(step_s)
            seen.append(per_post(platform, urn)[0])

        for name in (*SUMMED, "uniqueImpressionsCount"):
            assert all(before[name] <= after[name] for before, after in pairwise(seen)), name
        assert seen[0]["impressionCount"] < seen[2]["impressionCount"]
        assert all(row["uniqueImpressionsCount"] <= row["impressionCount"] for row in seen)
        assert seen[-1] == seen[-2]  # twenty days on, nothing more happens

    def test_are_the_same_for_the_same_seed(self, platform):
        def run(seed: str) -> dict:
            platform.reset(seed)
            urn = platform.posted()
            platform.advance(30 * DAY_S)
            return per_post(platform, urn)[0]

        assert run("7") == run("7") != run("8")

    @pytest.mark.parametrize("granularity", ["DAY", "MONTH"])
    def test_sum_over_the_buckets_to_the_lifetime(self, platform, granularity):
        for n in range(3):
            platform.posted(f"Innlegg {n}")
            platform.advance(9.3 * DAY_S)

        lifetime = platform.totals()[0]
        buckets = days(platform, 366, granularity)

        summed = {name: sum(bucket[name] for bucket in buckets) for name in SUMMED}
        assert lifetime["impressionCount"] > 0
        assert {**summed, "shareCount": 0} == {**{name: lifetime[name] for name in SUMMED}, "shareCount": 0}
        # Days leave out reposts made with one click, so they tell fewer.
        assert 0 < summed["shareCount"] < lifetime["shareCount"]

    def test_sum_over_the_posts_to_the_page(self, platform):
        urns = [platform.posted(f"Innlegg {n}") for n in range(3)]
        platform.advance(3 * DAY_S)
        platform.switch(history_listed=True)
        older = [urn for start in (0, 100) for urn in platform.listed(f"count=100&start={start}")]

        posts, page = per_post(platform, *urns, *older), platform.totals()[0]

        assert len(older) > 40
        assert {name: sum(post[name] for post in posts) for name in SUMMED} == {name: page[name] for name in SUMMED}

    def test_come_in_whole_utc_days(self, platform):
        now = platform.now_ms()
        elements = platform.page_statistics(interval(now - 2 * DAY_MS, now + 1)).json()["elements"]

        ranges = [element["timeRange"] for element in elements]
        assert [row["end"] - row["start"] for row in ranges] == [DAY_MS] * 3
        assert ranges[0]["start"] % DAY_MS == 0

    def test_agree_with_the_reactions_and_comments_of_the_post(self, platform):
        urn = platform.posted()
        platform.advance(10 * DAY_S)

        figures = per_post(platform, urn)[0]
        social = platform.get(f"/rest/socialMetadata/{encoded(urn)}").json()

        reactions = [row["count"] for row in social["reactionSummaries"].values()]
        assert sum(reactions) == figures["likeCount"] > 0
        assert 0 not in reactions
        assert social["commentSummary"]["count"] == figures["commentCount"]
        assert social["commentSummary"]["topLevelCount"] <= figures["commentCount"]
        assert social["entity"].startswith("urn:li:activity:")
        acts = sum(figures[name] for name in ("clickCount", "likeCount", "commentCount", "shareCount"))
        assert figures["engagement"] == pytest.approx(acts / figures["impressionCount"])

    def test_leave_out_a_metric_when_switched(self, platform):
        urn = platform.posted()
        platform.advance(DAY_S)
        platform.switch(omit_metrics=["clickCount"])

        assert "clickCount" not in per_post(platform, urn)[0]
        assert "impressionCount" in per_post(platform, urn)[0]

    def test_lack_unique_views_in_daily_buckets_unless_switched(self, platform):
        assert "uniqueImpressionsCount" not in days(platform, 1)[0]
        platform.switch(daily_unique_impressions=True)
        assert "uniqueImpressionsCount" in days(platform, 1)[0]

    def test_shrink_only_when_reactions_are_withdrawn(self, platform):
        urn = platform.posted()
        platform.advance(25 * DAY_S)
        before = per_post(platform, urn)[0]["likeCount"]
        platform.switch(withdrawn_reactions=3)
        platform.advance(1)

        after = per_post(platform, urn)[0]["likeCount"]

        assert after == before - 3
        assert days(platform, 0)[0]["likeCount"] < 0
        assert sum(day["likeCount"] for day in days(platform, 366)) == platform.totals()[0]["likeCount"]

    def test_may_lag_behind(self, platform):
        urn = platform.posted()
        platform.switch(lifetime_lag_s=7200)
        platform.advance(7000)

        assert per_post(platform, urn) == []
        assert days(platform, 0)[0]["impressionCount"] >= 0

    def test_forget_a_deleted_post_but_not_what_the_page_had(self, platform):
        urn = platform.posted()
        platform.advance(30 * DAY_S)
        before = days(platform, 40)
        platform.call("DELETE", f"/rest/posts/{encoded(urn)}")

        assert per_post(platform, urn) == []
        assert days(platform, 40)[1:] == before[1:]

    @pytest.mark.parametrize(
        "extra",
        [
            "&timeIntervals=(timeRange:(end:5),timeGranularityType:DAY)",
            "&timeIntervals=(timeRange:(start:5),timeGranularityType:DAY)",
            "&timeIntervals=(timeRange:(start:x),timeGranularityType:DAY)",
            "&timeIntervals=DAY",
        ],
    )
    def test_refuse_a_window_outside_the_limits(self, platform, extra):
        response = platform.page_statistics(extra)

        assert response.status_code == 400
        assert "Invalid timeIntervals parameter" in response.json()["message"]

    def test_refuse_weeks_and_windows_that_end_before_they_start(self, platform):
        now = platform.now_ms()

        assert platform.page_statistics(interval(now - DAY_MS, now, "WEEK")).status_code == 400
        assert platform.page_statistics(interval(now, now - DAY_MS)).status_code == 400

    def test_refuse_posts_and_days_together(self, platform):
        now = platform.now_ms()

        assert (
            platform.page_statistics(interval(now - 1, now) + "&shares=List(urn%3Ali%3Ashare%3A1)").status_code == 400
        )

    @pytest.mark.parametrize("extra", ["&shares=List(7)", "&ugcPosts=List(urn%3Ali%3Ashare%3A1)", "&shares=x"])
    def test_refuse_what_is_no_list_of_that_kind(self, platform, extra):
        assert platform.page_statistics(extra).status_code == 400


class TestFollowers:
    def test_gains_end_two_days_ago(self, platform):
        now = platform.now_ms()
        midnight = now // DAY_MS * DAY_MS

        elements = platform.get(FOLLOWERS + interval(midnight - 9 * DAY_MS, midnight - DAY_MS)).json()["elements"]
        too_early = platform.get(FOLLOWERS + interval(midnight - 9 * DAY_MS, midnight))
        platform.switch(follower_window_is_cut=True)

        assert len(elements) == 8
        assert elements[-1]["timeRange"]["end"] == midnight - DAY_MS
        assert too_early.status_code == 400
        assert "Invalid timeIntervals parameter" in too_early.json()["message"]
        assert len(platform.get(FOLLOWERS + interval(midnight - 9 * DAY_MS, now)).json()["elements"]) == 8
        assert platform.get(FOLLOWERS + interval(now - DAY_MS, now)).status_code == 400

    def test_gains_add_up_to_the_total(self, platform):
        size = f"/rest/networkSizes/{encoded(LYNGVAER)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
        before, midnight = platform.get(size).json()["firstDegreeSize"], platform.now_ms() // DAY_MS * DAY_MS
        platform.advance(20 * DAY_S)
        total = platform.get(size).json()["firstDegreeSize"]
        platform.advance(2 * DAY_S)
        elements = platform.get(FOLLOWERS + interval(midnight, midnight + 20 * DAY_MS)).json()["elements"]

        gains = [element["followerGains"] for element in elements]
        assert total - before == sum(gain["organicFollowerGain"] + gain["paidFollowerGain"] for gain in gains)
        assert sum(gain["paidFollowerGain"] for gain in gains) > 0
        assert any(gain["organicFollowerGain"] < 0 for gain in gains)

    def test_facets_add_up_to_less_than_the_total(self, platform):
        element = platform.get(FOLLOWERS).json()["elements"][0]

        assert len([key for key in element if key.startswith("followerCountsBy")]) == 7
