"""IPTC datasets, and Photoshop's resources around them: each is found, and as many as any photo has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.errors import CorruptPhotoError
from galleria_storage.photos.iptc import MAX_DATASETS, datasets
from galleria_storage.photos.photoshop import MAX_RESOURCES, resources
from tests.support.photos.iptc_records import dataset, extended_dataset, resource

VALUES = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40), st.sampled_from([0, 1, 2, 4])), max_size=5)


def written(number: int, value: bytes, width: int) -> bytes:
    return extended_dataset(number, value, width) if width else dataset(number, value)


def found(data: bytes) -> list[tuple[int, int, bytes]]:
    return [(record, number, data[span.start : span.stop]) for record, number, span in datasets(data)]


@given(VALUES, st.binary(max_size=9).filter(lambda padding: padding[:1] != b"\x1c"))
def test_each_dataset_is_found_up_to_the_padding(values: list[tuple[int, bytes, int]], padding: bytes) -> None:
    data = b"".join(written(*value) for value in values) + padding
    assert found(data) == [(2, number, value) for number, value, _ in values]


@pytest.mark.parametrize("width", [0, 1, 4])
def test_a_dataset_without_all_of_its_value_is_refused(width: int) -> None:
    data = written(5, b"title", width)
    for length in range(5, len(data)):
        with pytest.raises(CorruptPhotoError, match="its IPTC records are cut off"):
            found(dataset(80, b"Ada") + data[:length])


@pytest.mark.parametrize("length", range(5))
def test_the_start_of_a_dataset_without_its_length_is_left_alone(length: int) -> None:
    assert found(dataset(80, b"Ada") + dataset(5, b"title")[:length]) == [(2, 80, b"Ada")]


def test_as_many_datasets_are_read_as_are_allowed_and_no_more() -> None:
    most = dataset(25, b"") * MAX_DATASETS
    assert len(found(most)) == MAX_DATASETS
    with pytest.raises(CorruptPhotoError, match="more than 10,000 IPTC datasets"):
        found(most + dataset(25, b""))


def test_as_many_resources_are_read_as_are_allowed_and_no_more() -> None:
    most = resource(1028, b"") * MAX_RESOURCES
    assert len(list(resources(most))) == MAX_RESOURCES
    with pytest.raises(CorruptPhotoError, match=f"more than {MAX_RESOURCES:,} Photoshop resources"):
        list(resources(most + resource(1028, b"")))
