"""Routes of analytics; each declares who may come through. Those of members lie below the municipality's number."""

from django.urls import URLPattern

from analytics.views import (
    costs,
    development,
    elsewhere,
    fetching,
    funnel,
    occupation_grid,
    one_source,
    outcomes,
    over_time,
    page_figures,
    paid,
    shared_figures,
    source_list,
    sources,
    sources_behind,
    survey_interview,
    survey_of_job,
    surveys,
)
from recruitment.doors import ADMINISTRATOR, ADVISER, EVERYBODY, HR, PUBLIC, door, member

WORKERS = member(HR, ADVISER, ADMINISTRATOR)
SOURCES = member(HR, ADMINISTRATOR)

public: list[URLPattern] = [
    door("u/trekk/", surveys.withdraw, name="survey_withdraw", rule=PUBLIC),
    door("u/<str:code>/", surveys.survey, name="survey", rule=PUBLIC),
    door("u/<str:code>/takk/", surveys.thanks, name="survey_thanks", rule=PUBLIC),
    door("personvern/<str:number>/", surveys.privacy, name="privacy", rule=PUBLIC),
]
members: list[URLPattern] = [
    door("stillinger/<int:job_id>/undersokelse/", survey_of_job.survey_preview, name="survey_preview", rule=WORKERS),
    door(
        "stillinger/<int:job_id>/undersokelse/qr.<str:kind>",
        survey_of_job.survey_qr,
        name="survey_qr",
        rule=WORKERS,
    ),
    door(
        "stillinger/<int:job_id>/undersokelse/oppslag/", survey_of_job.survey_notice, name="survey_notice", rule=WORKERS
    ),
    door(
        "stillinger/<int:job_id>/intervju/", survey_interview.survey_interview, name="survey_interview", rule=member(HR)
    ),
    door("kilder/oppsett/", source_list.source_list, name="source_list", rule=SOURCES),
    door("kilder/oppsett/ny/", source_list.source_new, name="source_new", rule=SOURCES),
    door("kilder/oppsett/<int:source_id>/", source_list.source_edit, name="source_edit", rule=SOURCES),
    door("kilder/oppsett/<int:source_id>/sla-sammen/", source_list.source_merge, name="source_merge", rule=SOURCES),
    door("kilder/oppsett/<int:source_id>/skill/", source_list.source_unmerge, name="source_unmerge", rule=SOURCES),
    door("kilder/annet/", elsewhere.elsewhere, name="elsewhere", rule=member(HR)),
    door("kilder/annet/<int:reassignment_id>/angre/", elsewhere.elsewhere_undo, name="elsewhere_undo", rule=member(HR)),
    door("stillinger/<int:job_id>/utfall/", outcomes.job_outcomes, name="job_outcomes", rule=member(EVERYBODY)),
    door("stillinger/<int:job_id>/kostnader/", costs.job_costs, name="job_costs", rule=member(EVERYBODY)),
    door(
        "stillinger/<int:job_id>/kostnader/<int:cost_id>/endre/",
        costs.cost_edit,
        name="cost_edit",
        rule=member(HR, ADVISER),
    ),
    door(
        "stillinger/<int:job_id>/kostnader/<int:cost_id>/fjern/",
        costs.cost_remove,
        name="cost_remove",
        rule=member(HR, ADVISER),
    ),
    door("kostnader/", costs.costs, name="costs", rule=member(EVERYBODY)),
    door(
        "kostnader/<int:general_cost_id>/endre/",
        costs.general_cost_edit,
        name="general_cost_edit",
        rule=member(HR, ADVISER),
    ),
    door(
        "kostnader/<int:general_cost_id>/fjern/",
        costs.general_cost_remove,
        name="general_cost_remove",
        rule=member(HR, ADVISER),
    ),
    door("statistikk/", shared_figures.how_we_count, name="how_we_count", rule=member(EVERYBODY)),
    door("kilder/delte-tall/", shared_figures.shared, name="shared_figures", rule=SOURCES),
    door("kilder/", sources.sources, name="sources", rule=member(EVERYBODY)),
    door("kilder/bak-tallene/", sources_behind.sources_behind, name="sources_behind", rule=member(EVERYBODY)),
    door("kilder/kilder.csv", sources.sources_csv, name="sources_csv", rule=member(EVERYBODY)),
    door("kilder/kilder.xlsx", sources.sources_xlsx, name="sources_xlsx", rule=member(EVERYBODY)),
    door("kilder/<int:source_id>/", one_source.source, name="source", rule=member(EVERYBODY)),
    door("kilder/trakt/", funnel.sources_funnel, name="sources_funnel", rule=member(EVERYBODY)),
    door("kilder/over-tid/", over_time.over_time, name="sources_over_time", rule=member(EVERYBODY)),
    door("kilder/over-tid.csv", over_time.over_time_csv, name="sources_over_time_csv", rule=member(EVERYBODY)),
    door("kilder/over-tid.xlsx", over_time.over_time_xlsx, name="sources_over_time_xlsx", rule=member(EVERYBODY)),
    door("kilder/yrker/", occupation_grid.sources_grid, name="sources_grid", rule=member(EVERYBODY)),
    door("kilder/yrker.csv", occupation_grid.sources_grid_csv, name="sources_grid_csv", rule=member(EVERYBODY)),
    door("kilder/yrker.xlsx", occupation_grid.sources_grid_xlsx, name="sources_grid_xlsx", rule=member(EVERYBODY)),
    door("utvikling/", development.own_development, name="development", rule=member(EVERYBODY)),
    door("utvikling.csv", development.development_csv, name="development_csv", rule=member(EVERYBODY)),
    door("utvikling.xlsx", development.development_xlsx, name="development_xlsx", rule=member(EVERYBODY)),
    door("annonser/", paid.ads, name="ads", rule=member(EVERYBODY)),
    door("annonser/<int:paid_id>/kampanje/", paid.ad_link, name="ad_link", rule=member(ADVISER)),
    door(
        "annonser/<int:ad_account_id>/hent/", paid.ads_read, name="ads_read", rule=member(ADVISER), enters_itself=True
    ),
    door(
        "kanaler/<int:account_id>/annonsekonto/",
        paid.account_ads,
        name="account_ads",
        rule=member(ADVISER, right="may_connect", always=ADMINISTRATOR),
        enters_itself=True,
        fresh=True,
    ),
    door("kanaler/<int:account_id>/hent/", fetching.fetch_now, name="fetch_now", rule=WORKERS),
    door("kanaler/<int:account_id>/tall/", fetching.account_fetches, name="account_fetches", rule=member(EVERYBODY)),
    door(
        "kanaler/<int:account_id>/tall-for-siden/",
        page_figures.page_figures,
        name="page_figures",
        rule=member(EVERYBODY),
    ),
    door(
        "leveringer/<int:delivery_id>/tall/",
        fetching.delivery_figures,
        name="delivery_figures",
        rule=member(EVERYBODY),
    ),
]
