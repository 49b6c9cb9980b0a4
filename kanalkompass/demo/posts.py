"""Drafts in a town that is on LinkedIn: one with a link card, one with a video, one for all its pages."""

import io
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from PIL import Image, ImageDraw

from channels.actions import campaigns, media, posts, videos
from channels.models import Account, Campaign, MediaItem
from foundation.clock import OSLO
from kanalkompass.demo.film import make_film
from kanalkompass.demo.people import Town
from recruitment.models import JobPosting, User

# Colours of the fjord, as in the film.
SKY, SEA, SUN, HILL = "#bfe0ea", "#27566f", "#f2c55c", "#6f9a97"


def make_posts(
    jobs: list[JobPosting],
    *,
    town: Town,
    accounts: list[Account],
    users: dict[str, User],
    now: datetime,
    since: date,
) -> Campaign:
    """Make a campaign for open vacancies that has run since a day, with three drafts; call it in `tenant()`."""
    user = users["adviser"]
    today = now.astimezone(OSLO).date()
    plan = campaigns.Plan(town.says("Ledig nå", "Ledig no"), since, today + timedelta(days=30))
    campaign = campaigns.start_campaign(plan=plan, jobs=jobs, user=user, now=now)
    picture, film = _picture(town, user=user, now=now), _film(town, user=user, now=now)
    for content, pages in _drafts(town, jobs[0], picture=picture, film=film, pages=accounts):
        posts.write_post(campaign=campaign, content=content, accounts=pages, reasons={}, user=user, now=now)
    return campaign


def _drafts(
    town: Town, job: JobPosting, *, picture: MediaItem, film: MediaItem, pages: list[Account]
) -> list[tuple[posts.Content, list[Account]]]:
    card = posts.Content(
        title=town.says("Lenkekort til stillingen", "Lenkjekort til stillinga"),
        text=town.says(
            f"Hos oss får du tid til faget. Vi søker {job.title.lower()}.\n\n#LedigStilling",
            f"Hos oss får du tid til faget. Vi søkjer {job.title.lower()}.\n\n#LedigStilling",
        ),
        job=job,
        media=picture,
        card_title=job.title,
        card_description=town.says("Les mer og søk hos oss", "Les meir og søk hos oss"),
    )
    moving = posts.Content(
        title=town.says("Film fra fjorden", "Film frå fjorden"),
        text=town.says(
            "Slik ser det ut på vei til jobb.\n\n{lenke}\n\n#JobbVedFjorden",
            "Slik ser det ut på veg til jobb.\n\n{lenkje}\n\n#JobbVedFjorden",
        ),
        job=job,
        media=film,
    )
    shared = posts.Content(
        title=town.says("Kollegaene forteller", "Kollegaene fortel"),
        text=town.says(
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
    told = town.says("Fjorden en klar morgen, fjell bak.", "Fjorden ein klar morgon, fjell bak.")
    shown = media.Shown(alt_text=told, people=MediaItem.People.NONE)
    return media.store_picture(picture=media.draw_anew(upload), shown=shown, user=user, now=now)


def _film(town: Town, *, user: User, now: datetime) -> MediaItem:
    content = make_film()
    upload = SimpleNamespace(file=io.BytesIO(content), size=len(content))
    shown = videos.ShownInVideo(
        alt_text=town.says("Sola stiger over fjorden.", "Sola stig over fjorden."),
        people=MediaItem.People.NONE,
        captions=MediaItem.Captions.NO_SPEECH,
    )
    return videos.store_video(video=videos.read_video(upload), shown=shown, user=user, now=now)
