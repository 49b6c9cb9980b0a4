"""Pages: who runs them by both finders, and what others may see of them."""

import pytest

from tests.sandbox.driver import LYNGVAER, STORVIKA, encoded

BY_PAGE = f"/rest/organizationAcls?q=organization&organization={encoded(LYNGVAER)}"
BY_MEMBER = "/rest/organizationAcls?q=roleAssignee"


class TestRoles:
    def test_are_found_by_member_and_by_page_with_role_state_and_paging(self, platform):
        tor, ingrid = platform.member("Tor Uteneide"), platform.member("Ingrid Lyngstad")
        for order in (
            {"member": tor, "organisation": 1001, "role": "ANALYST"},
            {"member": ingrid, "organisation": 1003, "role": "CONTENT_ADMINISTRATOR", "state": "REQUESTED"},
        ):
            platform.control("POST", "/_role", order)

        def found(path: str) -> list[tuple[str, str, str]]:
            rows = platform.get(path).json()["elements"]
            return [(row["organization"][-4:], row["role"], row["state"]) for row in rows]

        own = [("1001", "ADMINISTRATOR", "APPROVED"), ("1003", "CONTENT_ADMINISTRATOR", "REQUESTED")]
        assert found(BY_MEMBER) == own
        assert found(f"{BY_MEMBER}&state=APPROVED") == own[:1]
        assert found(f"{BY_MEMBER}&role=CONTENT_ADMINISTRATOR") == own[1:]
        assert found(f"{BY_MEMBER}&start=1&count=1") == own[1:]
        assert found(f"{BY_MEMBER}&start=2&count=1") == []
        assert sorted(found(BY_PAGE)) == sorted([*[own[0]] * 2, ("1001", "ANALYST", "APPROVED")])
        assert len(platform.get(f"{BY_PAGE}&role=ADMINISTRATOR&count=1").json()["elements"]) == 1

    @pytest.mark.parametrize("extra", ["&role=BOSS", "&state=ASLEEP", "&count=101", "&start=-1"])
    def test_cannot_be_asked_for_by_what_does_not_exist(self, platform, extra):
        assert platform.get(BY_MEMBER + extra).status_code == 400

    def test_of_another_page_are_not_told(self, platform):
        assert platform.get(BY_PAGE.replace(encoded(LYNGVAER), encoded(STORVIKA))).status_code == 403
        assert platform.get("/rest/organizationAcls?q=everybody").status_code == 400


def test_pages_are_read_several_at_once_with_a_status_each(platform):
    """A foreign page is 403, an inactive one 404, in a batch as alone."""
    platform.switch(inactive_organisations=[1003])

    answer = platform.get("/rest/organizations?ids=List(1001,1002,1003,77)").json()

    assert answer["statuses"] == {"1001": 200, "1002": 403, "1003": 404, "77": 404}
    assert list(answer["results"]) == ["1001"]
    assert answer["errors"]["1003"]["message"] == "Organization 1003 is inactive"
    looked_up = platform.get("/rest/organizationsLookup?ids=List(1002,1003)").json()
    assert looked_up["statuses"] == {"1002": 200, "1003": 404}
    assert set(looked_up["results"]["1002"]) <= {
        "id",
        "name",
        "localizedName",
        "vanityName",
        "primaryOrganizationType",
        "locations",
        "website",
    }


class TestAPageThatIsAdded:
    def test_is_administered_published_to_and_seen_and_is_added_once(self, platform):
        sunniva = platform.member("Sunniva Toside")
        order = {"id": 1099, "name": "Jobb i Lyngvær", "vanity_name": "jobb-i-lyngvaer", "member": sunniva}
        for _ in range(2):
            added = platform.control("POST", "/_page", order).json()["organisations"]
            assert [page["vanityName"] for page in added].count("jobb-i-lyngvaer") == 1
        roles = next(
            each["roles"] for each in platform.control("GET", "/_members").json()["members"] if each["id"] == sunniva
        )

        assert {"organisation": 1099, "role": "ADMINISTRATOR", "state": "APPROVED"} in roles
        assert "Jobb i Lyngvær" in platform.get("/company/jobb-i-lyngvaer/").text
        for wrong in ({"id": 0}, {"name": ""}, {"id": 1098}, {"member": "nobody"}):
            assert platform.call("POST", "/_page", json=order | wrong).status_code == 400
