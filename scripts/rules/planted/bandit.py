"""Faults planted for scripts/scan: bandit must find the number that each line names, or the scan proves nothing."""

import hashlib
import random
import subprocess


def careless(word, cursor):
    subprocess.run("ls " + word, shell=True)  # finds: B602
    cursor.execute("SELECT * FROM job WHERE title = '%s'" % word)  # finds: B608
    hashlib.md5(word.encode())  # finds: B324
    open("/tmp/kompass", "w")  # finds: B108
    password = "sommer2026"  # finds: B105
    return random.random(), password  # finds: B311
