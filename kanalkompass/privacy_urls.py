"""Routes of the privacy pages; each declares who may come through."""

from django.urls import URLPattern

from kanalkompass.pages import own_data, privacy
from recruitment.doors import ADMINISTRATOR, LOGGED_IN, door, member

T = member(ADMINISTRATOR)

public: list[URLPattern] = [
    door("konto/mine-opplysninger/", own_data.own_data, name="own_data", rule=LOGGED_IN),
    door("konto/mine-opplysninger/fil", own_data.own_data_file, name="own_data_file", rule=LOGGED_IN, fresh=True),
]
members: list[URLPattern] = [
    door("personvern/", privacy.privacy_home, name="privacy_home", rule=T),
    door("personvern/protokoll/", privacy.privacy_record, name="privacy_record", rule=T),
    door("personvern/innstillinger/", privacy.privacy_settings, name="privacy_settings", rule=T),
    door("personvern/slett/", privacy.deletion, name="deletion", rule=T, fresh=True),
    door("personvern/slett/trekk/", privacy.deletion_withdraw, name="deletion_withdraw", rule=T, fresh=True),
]
