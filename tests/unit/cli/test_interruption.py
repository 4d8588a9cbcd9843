"""Ctrl-C: the person learns how far the run came."""

import pytest

from galleria_cli.reporting import Report


def interrupted(report: Report) -> None:
    with report.progress(lambda: (3, 3_000)):
        report.file("pushed", "one.jpg")
        report.advance(1_000)
        raise KeyboardInterrupt


@pytest.mark.parametrize("quiet", [False, True])
def test_an_interrupted_run_tells_where_it_stopped(capsys: pytest.CaptureFixture[str], *, quiet: bool) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(Report(quiet=quiet))
    assert "stopped after 1 of 3 files" in capsys.readouterr().err


def test_in_json_the_files_are_counted_too_and_the_note_is_not_among_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(Report(as_json=True))
    printed = capsys.readouterr()
    assert printed.out == '{"file": "one.jpg", "status": "pushed"}\n'
    assert "stopped after 1 of 3 files" in printed.err


@pytest.mark.parametrize(("goes_on", "words"), [(True, "goes on from there"), (False, "starts over")])
def test_what_the_same_command_does_then_is_reported(
    capsys: pytest.CaptureFixture[str], *, goes_on: bool, words: str
) -> None:
    with pytest.raises(KeyboardInterrupt), Report().counting(goes_on=goes_on):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == f"stopped after 0 files; the same command {words}\n"
