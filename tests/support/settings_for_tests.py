"""The product's settings on a data folder of the test run's own.

pytest-django reads the settings before it reads any conftest, so the folder and the environment
are made here. The controller of xdist makes them; its workers inherit the environment.
"""

import os
import tempfile

if "ANSVAR_TESTS_DATA" not in os.environ:
    # Ansvar's own settings of the person who runs the tests must not reach the tests.
    for _name in [name for name in os.environ if name.startswith("ANSVAR_")]:
        del os.environ[_name]
    os.environ["ANSVAR_TESTS_DATA"] = tempfile.mkdtemp(prefix="ansvar-tests-")
    os.environ["ANSVAR_DATA"] = os.environ["ANSVAR_TESTS_DATA"]
    # Test databases are made and dropped behind a pool's back.
    os.environ["ANSVAR_POOL"] = "0"

from ansvar.settings import *  # noqa: F403 - the environment comes first

# A real hash takes 50 ms by design; tests log in by the hundred.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Tests that really commit empty all tables afterwards, the guarded journal too.
DATABASES["default"]["OPTIONS"]["options"] = "-c ansvar.journal_may_be_emptied=on"  # noqa: F405

if not os.environ.get("DATABASE_URL"):
    # Brought up to date by `ready_database`; that of DATABASE_URL is by each worker.
    DATABASES["default"]["TEST"] = {"TEMPLATE": "ansvar"}  # noqa: F405
