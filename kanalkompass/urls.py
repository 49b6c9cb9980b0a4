"""All routes. Members' pages lie below the municipality's number, so that links can be shared and tabs do not mix."""

from django.contrib import admin
from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

import analytics.urls
import channels.urls
import recruitment.urls
from kanalkompass import admin_site, health, privacy_urls, security_txt
from kanalkompass.pages import (
    appearance,
    audit,
    job,
    job_forms,
    job_link,
    job_links,
    jobs,
    leader,
    overview,
    platforms,
    start,
    style,
)
from recruitment.doors import ADMINISTRATOR, ADVISER, EVERYBODY, HR, LOGGED_IN, PUBLIC, SYSTEM, door, member

# Table M: an administrator reads the log, HR and communications what they have done themselves.
LOG = member(HR, ADVISER, ADMINISTRATOR)


class NumberConverter(StringConverter):
    """A municipality's number: four digits."""

    regex = "[0-9]{4}"


register_converter(NumberConverter, "number")

members = [
    door("", overview.overview, name="overview", rule=member(EVERYBODY)),
    door("oversikt/leder/", leader.overview_leader, name="overview_leader", rule=member(EVERYBODY)),
    door(
        "administrasjon/",
        admin_site.choose,
        name="admin_of_municipality",
        # The administration asks for a stored role by itself; with a passing one there is nothing to enter.
        rule=member(ADMINISTRATOR, is_for_entries=False),
    ),
    door("stillinger/", jobs.jobs, name="jobs", rule=member(EVERYBODY)),
    door("stillinger/ny/", job_forms.job_new, name="job_new", rule=member(HR)),
    door("stillinger/<int:job_id>/", job.job, name="job", rule=member(EVERYBODY)),
    door("stillinger/<int:job_id>/endre/", job_forms.job_edit, name="job_edit", rule=member(HR)),
    door("stillinger/<int:job_id>/kunngjoring/", job.job_announce, name="job_announce", rule=member(HR)),
    door("stillinger/<int:job_id>/unntak/", job.job_exempt, name="job_exempt", rule=member(HR)),
    door("stillinger/<int:job_id>/steder/", job_links.job_place_link, name="job_place_link", rule=member(HR, ADVISER)),
    door(
        "stillinger/<int:job_id>/steder/<int:link_id>/ut/",
        job_links.job_place_retire,
        name="job_place_retire",
        rule=member(HR, ADVISER),
    ),
    door("stillinger/<int:job_id>/qr-ark/", job_links.job_qr_sheet, name="job_qr_sheet", rule=member(EVERYBODY)),
    door(
        "stillinger/<int:job_id>/kampanjer/<int:campaign_id>/slutt/",
        job_links.job_campaign_end,
        name="job_campaign_end",
        rule=member(ADVISER),
    ),
    door("logg/", audit.log, name="log", rule=LOG),
    door("logg/logg.csv", audit.log_csv, name="log_csv", rule=member(ADMINISTRATOR), fresh=True),
    door("logg/<slug:kind>/<int:object_id>/", audit.history, name="history", rule=LOG),
    # It asks a foreign server, so no transaction may be open around it.
    door(
        "stillinger/<int:job_id>/lenke/",
        job_link.job_link,
        name="job_link",
        rule=member(HR, ADVISER),
        enters_itself=True,
    ),
    door("utseende/", appearance.appearance, name="appearance", rule=member(ADMINISTRATOR)),
    *recruitment.urls.members,
    *channels.urls.members,
    *analytics.urls.members,
    *privacy_urls.members,
]

urlpatterns = [
    door("", start.start, name="start", rule=LOGGED_IN),
    door("system/plattformer/", platforms.platforms, name="platforms", rule=SYSTEM),
    door(".well-known/security.txt", security_txt.security_txt, name="security_txt", rule=PUBLIC),
    door("health/ready", health.ready, name="health_ready", rule=PUBLIC),
    door("konto/sprak/", start.choose_language, name="choose_language", rule=PUBLIC),
    door("stil/", style.style, name="style", rule=LOGGED_IN),
    door("konto/utseende/", appearance.choose_scheme, name="choose_scheme", rule=LOGGED_IN),
    door("tema/<slug:name>.css", appearance.theme_css, name="theme_css", rule=PUBLIC),
    door("logo/<slug:number>/<slug:version>.png", appearance.logo_file, name="logo_file", rule=PUBLIC),
    *privacy_urls.public,
    path("konto/", include("kanalkompass.account_urls")),
    path("admin/", admin.site.urls),
    *recruitment.urls.public,
    *channels.urls.public,
    *analytics.urls.public,
    path("<number:number>/", include(members)),
]

handler400 = "kanalkompass.errors.bad_request"
handler403 = "kanalkompass.errors.forbidden"
handler404 = "kanalkompass.errors.not_found"
handler500 = "kanalkompass.errors.server_error"
