"""Profiles of providers in memory, which keep what they promise."""

from dataclasses import replace

from galleria_storage.s3.profiles import ProviderProfile

#: A provider that obeys every condition on a write.
HONOURING = ProviderProfile(
    name="honouring",
    put_if_none_match="honoured",
    put_if_match="honoured",
    complete_if_none_match="honoured",
    complete_if_match="honoured",
    delete_if_match="honoured",
)
#: One that also copies safely.
CAPABLE = replace(HONOURING, name="capable", copy_source_if_match="honoured", part_copy=True)
