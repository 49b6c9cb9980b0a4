"""
Everything below /rest/ as data: path -> products that open it, HTTP method -> handler.

A path alternates names and keys: `socialActions/{entity}/comments/{comment}`. Each key is found in `Call.keys` under
its name.
"""

from __future__ import annotations

from sandbox.linkedin import media, oauth, organisations, posts, products, statistics, videos
from sandbox.linkedin.rest import Route, Routes, table

_ROUTES: dict[str, Route] = {
    "me": Route(products.ANY, {"GET": oauth.rest_me}),
    "organizationAcls": Route(products.PAGES, {"GET": organisations.acls}),
    "organizations": Route(products.PAGES, {"GET": organisations.many}),
    "organizations/{id}": Route(products.PAGES, {"GET": organisations.one}),
    "organizationsLookup": Route(products.PAGES, {"GET": organisations.lookup}),
    "networkSizes/{entity}": Route(products.PAGES, {"GET": organisations.network_size}),
    "images": Route(products.POSTING, {"POST": media.initialise_image, "GET": media.get_batch}),
    "images/{image}": Route(products.POSTING, {"GET": media.get}),
    "documents": Route(products.POSTING, {"POST": media.initialise_document, "GET": media.get_batch}),
    "documents/{document}": Route(products.POSTING, {"GET": media.get}),
    "videos": Route(products.POSTING, {"POST": videos.act, "GET": media.get_batch}),
    "videos/{video}": Route(products.POSTING, {"GET": media.get}),
    "posts": Route(products.POSTING, {"POST": posts.create, "GET": posts.search}),
    "posts/{post}": Route(products.POSTING, {"GET": posts.get, "POST": posts.update, "DELETE": posts.delete}),
    "organizationalEntityShareStatistics": Route(products.PAGES, {"GET": statistics.share_statistics}),
    "organizationalEntityFollowerStatistics": Route(products.PAGES, {"GET": statistics.follower_statistics}),
    "socialMetadata": Route(products.SOCIAL, {"GET": statistics.social_metadata_batch}),
    "socialMetadata/{entity}": Route(products.SOCIAL, {"GET": statistics.social_metadata}),
}
ROUTES: Routes = table(_ROUTES)
