"""The leader's page: three sentences and one picture, made by rules from figures that everybody may read (R10)."""
