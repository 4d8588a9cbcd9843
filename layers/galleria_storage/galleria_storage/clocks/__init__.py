"""Which clock is wrong: facts about photos in, evidence and proposals out; nothing here reads files or the time of day.

`reading` makes a `Shot` of a file's bytes, `cameras` groups shots, and `proposals.propose` says what each camera's
clock needs, with all the evidence for and against it. Each kind of evidence is a module that names its source.
"""
