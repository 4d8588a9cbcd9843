"""What happens to the bytes of a photo, whatever its format. Pure: no network, no clock, no environment.

Values are named tuples rather than dataclasses: importing `dataclasses` costs
a cold start more than all modules of this package together.
"""
