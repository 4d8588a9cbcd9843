"""What a verdict says about a bucket."""

import pytest

from galleria_storage.cors.bucket_verdict import BucketVerdict
from galleria_storage.cors.cors_settings import CorsMode
from galleria_storage.cors.rules import default_gallery_rules


@pytest.mark.parametrize(
    ("mode", "exact", "effective", "repaired"),
    [
        ("repair", True, True, True),
        ("repair", False, True, False),  # somebody wrote other rules meanwhile, under which the gallery works by chance
        ("repair", True, False, False),
        ("merge", False, True, True),  # rules of others are kept
        ("merge", True, True, True),
        ("merge", False, False, False),
        ("repair", None, None, False),
    ],
)
def test_a_bucket_is_repaired_once_its_gallery_works_and_only_merging_may_leave_other_rules(
    mode: CorsMode, exact: bool | None, effective: bool | None, repaired: bool
) -> None:
    verdict = BucketVerdict(
        bucket="photos", mode=mode, status="repaired", reason="", exact=exact, effective=effective,
        rules_after=default_gallery_rules(),
    )  # fmt: skip
    assert verdict.repaired is repaired


def test_a_bucket_whose_rules_were_not_written_is_not_repaired() -> None:
    verdict = BucketVerdict(bucket="photos", mode="repair", status="ok", reason="", exact=True, effective=True)
    assert not verdict.repaired
