"""What the test programs say: one line for each thing that held, or a traceback."""

import sys


def held(what):
    print("ok", what)
    sys.stdout.flush()


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError("%s: got %r, wanted %r" % (what, got, wanted))
