"""
How machines that follow links name themselves. Parts of the User-Agent, in small letters; looked at, never stored.

A machine that calls itself an ordinary browser is counted as a person: the counts are an upper bound, and say so.
"""

# They fetch a page to show a card of it where somebody pasted the link.
PREVIEWS = (
    "facebookexternalhit",
    "facebookcatalog",
    "linkedinbot",
    "twitterbot",
    "slackbot",
    "slack-imgproxy",
    "discordbot",
    "telegrambot",
    "whatsapp",
    "skypeuripreview",
    "microsoftpreview",
    "pinterest.com/bot",
    "redditbot",
    "mastodon/",
    "bluesky cardyb",
    "iframely",
    "embedly",
    "vkshare",
    "snap url preview",
    "google-pagerenderer",
    "bitlybot",
)

# They fetch pages for search, for checks of links and addresses in e-mail, or on a programmer's behalf.
ROBOTS = (
    "bot",
    "crawl",
    "spider",
    "slurp",
    "mediapartners",
    "headlesschrome",
    "phantomjs",
    "lighthouse",
    "pingdom",
    "uptime",
    "monitor",
    "scan",
    "barracuda",
    "proofpoint",
    "mimecast",
    "safelinks",
    "python",
    "curl/",
    "wget",
    "java/",
    "okhttp",
    "go-http-client",
    "node-fetch",
    "axios",
    "undici",
    "libwww",
    "ruby",
    "php/",
    "httpclient",
    "http-client",
    "archive.org",
    "validator",
)

# Telephones whose name holds a robot's word.
PEOPLE = ("cubot",)
