"""Drafts in the town that is on LinkedIn: one with a link card, one with a video, one for two pages."""

import io
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from PIL import Image, ImageDraw

from channels.actions import accounts as account_actions
from channels.actions import campaigns, media, posts, videos
from channels.actions.accounts import AccountDetails
from channels.models import Account, Campaign, MediaItem
from kanalkompass.demo.film import make_film
from kanalkompass.demo.people import Town
from kanalkompass.demo.vacancies import Announced
from recruitment.models import JobPosting, User

# Colours of the fjord, as in the film.
SKY, SEA, SUN, HILL = "#bfe0ea", "#27566f", "#f2c55c", "#6f9a97"


def make_posts(
    announced: list[Announced], *, town: Town, account: Account, users: dict[str, User], now: datetime, today: date
) -> tuple[Campaign, Account] | None:
    """
    Make a campaign for vacancies that are open, with three drafts; call it in the town's `tenant()`.

    Return it with the second page that it made, or None where no vacancy is open.
    """
    jobs = [each.job for each in announced if each.job.deadline_date >= today and each.job.may_be_marketed][:2]
    if not jobs:
        return None
    user = users["adviser"]
    details = AccountDetails(name=town.workplaces[0], page_url="", responsible=user, deputy=users["deputy"], notes="")
    second = account_actions.create_account(channel=account.channel, details=details, now=now)
    plan = campaigns.Plan(_said(town, "Ledig nå", "Ledig no"), today, today + timedelta(days=30))
    campaign = campaigns.start_campaign(plan=plan, jobs=jobs, user=user, now=now)
    picture, film = _picture(town, user=user, now=now), _film(town, user=user, now=now)
    for content, pages in _drafts(town, jobs[0], picture=picture, film=film, pages=[account, second]):
        posts.write_post(campaign=campaign, content=content, accounts=pages, reasons={}, user=user, now=now)
    return campaign, second


def _drafts(
    town: Town, job: JobPosting, *, picture: MediaItem, film: MediaItem, pages: list[Account]
) -> list[tuple[posts.Content, list[Account]]]:
    card = posts.Content(
        title=_said(town, "Lenkekort til stillingen", "Lenkjekort til stillinga"),
        text=_said(
            town,
            f"Hos oss får du tid til faget. Vi søker {job.title.lower()}.\n\n#LedigStilling",
            f"Hos oss får du tid til faget. Vi søkjer {job.title.lower()}.\n\n#LedigStilling",
        ),
        job=job,
        media=picture,
        card_title=job.title,
        card_description=_said(town, "Les mer og søk hos oss", "Les meir og søk hos oss"),
    )
    moving = posts.Content(
        title=_said(town, "Film fra fjorden", "Film frå fjorden"),
        text=_said(
            town,
            "Slik ser det ut på vei til jobb.\n\n{lenke}\n\n#JobbVedFjorden",
            "Slik ser det ut på veg til jobb.\n\n{lenkje}\n\n#JobbVedFjorden",
        ),
        job=job,
        media=film,
    )
    shared = posts.Content(
        title=_said(town, "Kollegaene forteller", "Kollegaene fortel"),
        text=_said(
            town,
            "Fem kollegaer, tjue års erfaring og alltid kaffe på kanna. Blir du den sjette?",
            "Fem kollegaer, tjue års røynsle og alltid kaffi på kanna. Blir du den sjette?",
        ),
        job=job,
        media=picture,
    )
    return [(card, pages[:1]), (moving, pages[:1]), (shared, pages)]


def _picture(town: Town, *, user: User, now: datetime) -> MediaItem:
    scene = Image.new("RGB", (1200, 627), SKY)
    draw = ImageDraw.Draw(scene)
    draw.polygon([(0, 420), (320, 170), (620, 420)], fill=HILL)
    draw.ellipse((860, 110, 980, 230), fill=SUN)
    draw.rectangle((0, 420, 1200, 627), fill=SEA)
    upload = io.BytesIO()
    scene.save(upload, "PNG")
    upload.seek(0)
    told = _said(town, "Fjorden en klar morgen, fjell bak.", "Fjorden ein klar morgon, fjell bak.")
    shown = media.Shown(alt_text=told, people=MediaItem.People.NONE)
    return media.store_picture(picture=media.draw_anew(upload), shown=shown, user=user, now=now)


def _film(town: Town, *, user: User, now: datetime) -> MediaItem:
    content = make_film()
    upload = SimpleNamespace(file=io.BytesIO(content), size=len(content))
    shown = videos.ShownInVideo(
        alt_text=_said(town, "Sola stiger over fjorden.", "Sola stig over fjorden."),
        people=MediaItem.People.NONE,
        captions=MediaItem.Captions.NO_SPEECH,
    )
    return videos.store_video(video=videos.read_video(upload), shown=shown, user=user, now=now)


def _said(town: Town, bokmal: str, nynorsk: str) -> str:
    return nynorsk if town.language_form == "nn" else bokmal
