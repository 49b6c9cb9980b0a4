"""Which device a log-in is on, in plain words. Nothing finer than these words is stored: no version, no address."""

from django.utils.translation import gettext as _

# In this order: a later browser's header names the earlier ones too.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
]
BETWEEN = " / "


def coarse(user_agent: str) -> str:
    """Return what is stored of a browser's description of itself: «Firefox / Windows»; a part that is unknown is ""."""
    if BETWEEN in user_agent and len(user_agent) < 40:
        return user_agent
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser}{BETWEEN}{system}"


def in_words(stored: str) -> str:
    """Return the device as the list of log-ins names it."""
    browser, _between, system = stored.partition(BETWEEN)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")
