"""LinkedIn company pages."""

from channels.connectors.base import Connector, TextRules


class LinkedIn(Connector):
    """LinkedIn company pages."""

    slug = "linkedin"
    label = "LinkedIn"
    can_publish = True
    text_rules = TextRules(max_length=3000, visible_before_more=210)
