"""The municipality's decision about who approves posts. The audit log follows the setting's row."""

from recruitment.models import MunicipalitySettings


def decide_two_people(*, is_needed: bool) -> None:
    """
    Decide in the entered municipality whether two people are needed for each post (T2).

    It counts from the next approval on; what is planned already stays approved.
    """
    decided, _is_new = MunicipalitySettings.objects.get_or_create()
    decided.needs_two_people = is_needed
    decided.save(update_fields=["needs_two_people"])
