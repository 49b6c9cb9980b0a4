"""Faults planted for scripts/scan: each must be found where the comment above it says, or the scan proves nothing."""


# ruleid: query-at-import
EVERY_JOB = JobPosting.objects.all()


class Chooser(forms.Form):
    # ruleid: query-at-import
    job = forms.ModelChoiceField(queryset=JobPosting.objects.all())
    # ok: query-at-import
    later = Later(lambda: JobPosting.objects.all())

    class Meta:
        # ruleid: every-field
        fields = "__all__"


class Another(forms.ModelForm):
    class Meta:
        # ruleid: every-field
        exclude = ["municipality"]


class Named(forms.ModelForm):
    class Meta:
        # ok: every-field
        fields = ["title"]


def everybodys_jobs():
    # ruleid: unscoped-manager
    yield from JobPosting._base_manager.all()
    # ok: unscoped-manager
    yield from JobPosting._default_manager.all()
    # ruleid: unscoped-manager
    yield from JobPosting.all_objects.filter(title="")
    # ok: unscoped-manager, query-at-import
    yield from JobPosting.objects.all()


def by_hand(connection, word):
    # ruleid: sql-by-hand
    with connection.cursor() as cursor:
        # ruleid: sql-from-pieces
        cursor.execute(f"SELECT * FROM job WHERE title = '{word}'")
        # ruleid: sql-from-pieces
        cursor.execute("SELECT * FROM job WHERE title = '%s'" % word)
        # ruleid: sql-from-pieces
        cursor.execute("SELECT * FROM job WHERE title = '{}'".format(word))
        # ruleid: sql-from-pieces
        cursor.execute("SELECT * FROM job WHERE title = " + word)
        # ok: sql-from-pieces
        cursor.execute("SELECT * FROM job WHERE title = %s", [word])
    # ruleid: sql-by-hand
    JobPosting.objects.raw("SELECT * FROM job")
    # ruleid: sql-by-hand
    JobPosting.objects.extra(where=["1 = 1"])
    # ruleid: sql-by-hand
    JobPosting.objects.annotate(odd=RawSQL("1", []))


def above_the_walls():
    # ruleid: owner-login
    JobPosting.objects.using("owner").all()
    # ruleid: owner-login
    cursor = connections["owner"]
    # ruleid: owner-login
    transaction.atomic(using="owner")
    return cursor


def whoever_is_asked_for(request):
    asked = request.GET["municipality"]
    # ruleid: municipality-from-request
    with tenant(int(asked)):
        pass
    # ruleid: municipality-from-request
    with acting_user(request.headers["X-User"]):
        pass
    # ok: municipality-from-request
    with tenant(request.municipality.pk):
        pass
