"""Routes of recruitment; each declares who may come through. Those of members lie below the municipality's number."""

from django.urls import URLPattern

from recruitment.doors import ADMINISTRATOR, PUBLIC, SYSTEM, door, member
from recruitment.views import invitations, system
from recruitment.views import members as people

# Table M: users, roles and rights.
PEOPLE = member(ADMINISTRATOR)

public: list[URLPattern] = [
    door("invitasjon/<slug:number>/<slug:token>/", invitations.invitation, name="invitation", rule=PUBLIC),
    door("system/", system.system, name="system", rule=SYSTEM),
    door("system/<slug:number>/inn/", system.system_enter, name="system_enter", rule=SYSTEM, fresh=True),
    door("system/<slug:number>/ut/", system.system_leave, name="system_leave", rule=SYSTEM),
    door("system/<slug:number>/forste/", system.system_first, name="system_first", rule=SYSTEM, fresh=True),
]
members: list[URLPattern] = [
    door("brukere/", people.members, name="members", rule=PEOPLE),
    door("brukere/inviter/", people.member_invite, name="member_invite", rule=PEOPLE, fresh=True),
    door("brukere/<int:membership_id>/", people.member_edit, name="member_edit", rule=PEOPLE, fresh=True),
    door("brukere/<int:membership_id>/steng/", people.member_close, name="member_close", rule=PEOPLE, fresh=True),
    door("brukere/<int:membership_id>/apne/", people.member_open, name="member_open", rule=PEOPLE, fresh=True),
    door(
        "brukere/invitasjoner/<int:invitation_id>/send/",
        people.invitation_again,
        name="invitation_again",
        rule=PEOPLE,
        fresh=True,
    ),
    door(
        "brukere/invitasjoner/<int:invitation_id>/trekk/",
        people.invitation_withdraw,
        name="invitation_withdraw",
        rule=PEOPLE,
    ),
    door("brukere/innsyn/<int:entry_id>/sett/", people.entry_seen, name="entry_seen", rule=PEOPLE),
]
