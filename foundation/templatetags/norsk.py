"""Template filters for Norwegian figures, money and times."""

from django import template

from foundation import formats

register = template.Library()
register.filter("number", formats.number)
register.filter("kroner", formats.kroner)
register.filter("kroner_exact", formats.kroner_exact)
register.filter("day", formats.day)
register.filter("short_day", formats.short_day)
register.filter("clock", formats.clock)
register.filter("moment", formats.moment)
register.filter("days_left", formats.days_left)
register.filter("hours", formats.hours)
register.filter("in_words", formats.in_words)
