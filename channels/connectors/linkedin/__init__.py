"""LinkedIn company pages. Source: LinkedIn Marketing API (Posts, Images, Organizations, Share Statistics), OAuth 2."""

from channels.connectors.linkedin.connector import LinkedIn

__all__ = ["LinkedIn"]
