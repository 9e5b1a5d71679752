from collections.abc import Iterator
from pathlib import Path

import product
import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    with product.data_folder() as folder:
        yield folder


@pytest.fixture
def used_data() -> Iterator[Path]:
    with product.used_data_folder() as folder:
        yield folder
