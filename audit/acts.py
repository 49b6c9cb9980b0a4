"""What can be done, as the audit log names it. The values are stored for good: add, never rename."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.TextChoices):
    """An act in the log. The first five are written by the database's own functions, never with `record`."""

    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    DELETED = "deleted", _("Deleted")
    STRETCH_ERASED = "stretch_erased", _("Erased the oldest part of the log")
    NAME_FORGOTTEN = "name_forgotten", _("Removed a name from the log")

    LOGGED_IN = "logged_in", _("Logged in")
    LOGGED_OUT = "logged_out", _("Logged out")
    LOGIN_REFUSED = "login_refused", _("Was refused at log-in")
    REAUTHENTICATION_REFUSED = "reauthentication_refused", _("Failed to confirm who they are")
    PASSWORD_CHANGED = "password_changed", _("Changed the password")
    SECOND_STEP_CHANGED = "second_step_changed", _("Changed the two-step login")
    BREAK_GLASS_ENTERED = "break_glass_entered", _("Entered as system administrator")
    BREAK_GLASS_READ = "break_glass_read", _("Looked at a page as system administrator")
    BREAK_GLASS_LEFT = "break_glass_left", _("Left as system administrator")

    ANSWERS_READ = "answers_read", _("Read single survey answers")
    ANSWERS_MOVED = "answers_moved", _("Moved survey answers from one source to another")
    EXPORTED = "exported", _("Downloaded a file")
    LOG_EXPORTED = "log_exported", _("Downloaded the log")
    PERSONAL_DATA_EXPORTED = "personal_data_exported", _("Downloaded what is stored of themselves")
    MUNICIPALITY_EXPORTED = "municipality_exported", _("Asked for a file with everything the municipality has stored")
    DELETION_ASKED = "deletion_asked", _("Asked for the municipality to be deleted")
    DELETION_WITHDRAWN = "deletion_withdrawn", _("Withdrew the deletion of the municipality")
    USER_ERASED = "user_erased", _("Erased a user")

    CHANNEL_CONNECTED = "channel_connected", _("Connected a channel")
    CHANNEL_DISCONNECTED = "channel_disconnected", _("Disconnected a channel")
    PUBLISHING_STOPPED = "publishing_stopped", _("Stopped all publishing for everybody")
    PUBLISHING_LET_GO_ON = "publishing_let_go_on", _("Lifted the stop of all publishing for everybody")


# Written by triggers alone; the database refuses them from anybody else.
ROW_ACTS = frozenset({Act.ADDED, Act.CHANGED, Act.DELETED})
