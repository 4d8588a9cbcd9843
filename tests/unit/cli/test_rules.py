"""`galleria.toml`: the first rule that fits wins, and an unknown name is an error."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from galleria_cli.demo.samples import sample_photos
from galleria_cli.lighttable.rules_file import RulesFile
from galleria_cli.rules.facts import Facts, facts_of
from galleria_cli.rules.rulebook import Rulebook, read_rulebook
from galleria_cli.rules.short_forms import from_words, shift_microseconds
from galleria_storage.corrections.durations import parse_shift
from galleria_storage.errors import CorrectionError, GalleriaError, SettingsError

CANON = Facts("a/IMG_1.JPG", None, "Canon EOS R5", "0123", datetime(2024, 6, 15, 12, 30))


def book(tmp_path: Path, text: str) -> Rulebook:
    path = tmp_path / "galleria.toml"
    path.write_text(text, encoding="utf-8")
    return read_rulebook(path)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("+1h", 3600),
        ("-11m34s", -694),
        ("1h30m", 5400),
        ("2d 3h", 2 * 86400 + 3 * 3600),
        ("90min", 5400),
        ("-2", -7200),
        ("+01:30", 5400),
        ("PT1H30M", 5400),
        ("\u22121h", -3600),
    ],
)
def test_a_shift_is_written_as_people_say_it(text: str, seconds: int) -> None:
    assert shift_microseconds(text) == seconds * 1_000_000


@pytest.mark.parametrize("text", ["1h2h", "h", "", "1 fortnight", "+-1h", "1h-2m"])
def test_a_shift_that_may_mean_anything_is_refused(text: str) -> None:
    assert shift_microseconds(text) is None


@given(st.integers(-999_999, 999_999))
def test_seconds_mean_the_same_in_both_languages(seconds: int) -> None:
    assert shift_microseconds(f"{seconds}s") == parse_shift(f"{'-' if seconds < 0 else ''}PT{abs(seconds)}S")


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ('camera = "Canon EOS R5"', True),
        ('camera = "eos r5"', True),
        ('camera = "Canon*"', True),
        ('camera = ["NIKON*", "Canon*"]', True),
        ('camera = "Nikon*"', False),
        ('serial = "0123"', True),
        ('serial = "123"', False),
        ('folder = "a"', True),
        ('folder = "a/"', True),
        ('folder = "b"', False),
        ('files = "img_*.jpg"', True),
        ('files = "*.heic"', False),
        ('files = "/a/img_1.jpg"', True),
        ('files = "/img_1.jpg"', False),
        ('files = "?img_1.jpg"', False),
        ('between = ["2024-06-15", "2024-06-15"]', True),
        ('between = ["2024-06-15T12:31", "2024-06-16"]', False),
        ("between = [2024-06-15T12:00:00, 2024-06-15T13:00:00]", True),
        ('camera = "Canon*"\nfiles = "*.heic"', False),
    ],
)
def test_all_conditions_of_a_rule_must_hold(tmp_path: Path, condition: str, fits: bool) -> None:
    choice = book(tmp_path, f'[[rule]]\n{condition}\nshift = "+1h"').choose(CANON, {})
    assert (choice.asked == {"timestamp-offset-hours": "+01:00:00"}) is fits


def test_the_first_rule_that_fits_wins_and_keeps_what_is_asked_of_all(tmp_path: Path) -> None:
    rules = book(
        tmp_path,
        'zone = "Europe/Stockholm"\nremove = ["location", "names"]\n'
        '[[rule]]\ncamera = "Nikon*"\nshift = "-1h"\n'
        '[[rule]]\ncamera = "Canon*"\nshift = "+1h"\n'
        '[[rule]]\nfiles = "*"\nzone = "+09:00"\n',
    )
    assert rules.choose(CANON, {}).asked == {
        "timestamp-offset-hours": "+01:00:00",
        "target-timezone": "Europe/Stockholm",
        "remove": "location names",
    }
    assert rules.choose(CANON._replace(camera="Apple"), {}).asked["target-timezone-offset-hours"] == "+09:00"
    assert rules.choose(CANON, {"timestamp-offset-hours": "2"}).asked["timestamp-offset-hours"] == "2"


def test_what_is_to_be_skipped_is_skipped(tmp_path: Path) -> None:
    rules = book(tmp_path, 'skip = ["*.pdf", "rejects/"]\n[[rule]]\nfiles = "*_bad.jpg"\nskip = true')
    skipped = [rules.choose(Facts(name), {}).skip for name in ("x.PDF", "a/rejects/b.jpg", "1_bad.jpg", "1.jpg")]
    assert skipped == [True, False, True, False]
    assert rules.choose(Facts("rejects/b.jpg"), {}).skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('zona = "Europe/Stockholm"', "'zone' may be meant"),
        ('[[rule]]\ncamra = "x"\nshift = "1h"', "rule 1 has the unknown key 'camra'; 'camera' may be meant"),
        ('[[rule]]\nshift = "1h"', "has no condition"),
        ('[[rule]]\ncamera = "x"', "must either correct"),
        ('[[rule]]\ncamera = "x"\nshift = "soon"', "rule 1: shift is 'soon'; allowed are +1h, -11m34s"),
        ('[[rule]]\ncamera = "x"\ntimestamp-offset-hours = "soon"', "rule 1: timestamp-offset-hours is 'soon'"),
        ('zone = "+99:00"', "galleria.toml: zone is '+99:00'"),
        ('camera-zone = "Mars/Base"\nzone = "Europe/Rome"', "camera-zone is 'Mars/Base'"),
        ('time = "yesterday"', "galleria.toml: time is 'yesterday'"),
        ('time = "2024-06-15T10:30:45"\nshift = 1', "time ('2024-06-15T10:30:45') and shift ('+01:00:00') contradict"),
        ('zone = "gps"\ncamera-zone = "Asia/Tokyo"', "camera-zone ('Asia/Tokyo') and zone ('gps') contradict"),
        ('zone = "Europe/Stokholm"', "Stokholm"),
        ('[[rule]]\nfiles = "x"\nbetween = ["b", "a"]\nshift = "1h"', "between is"),
        ('[rule]\nfiles = "x"', "[[rule]]"),
        ('shift = "1h"\ntimestamp-offset-hours = "2"', "shift and timestamp-offset-hours mean the same"),
        ("shift = true", "text in quotes"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CorrectionError) as caught:
        book(tmp_path, text)
    assert words in caught.value.message


def test_what_is_not_toml_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not TOML"):
        book(tmp_path, "zone = Europe")


def test_the_rule_that_counts_is_explained(tmp_path: Path) -> None:
    rules = book(
        tmp_path, '[[rule]]\ncamera = "Nikon*"\nshift = "1h"\n[[rule]]\nserial = "0123"\nshift = "2h"'
    ).explain(CANON, {})
    assert rules[1] == "rule 1: no, its camera is Canon EOS R5, not Nikon*"
    assert rules[2] == "rule 2: matches, so it counts"
    assert rules[3] == "asked: timestamp-offset-hours=+02:00:00 (rule 2 of galleria.toml)"


@pytest.mark.parametrize(("word", "why"), [("shift", "KEY=VALUE"), ("shfit=1h", "'shift' may be meant")])
def test_a_wrong_word_on_the_command_line_is_reported(word: str, why: str) -> None:
    with pytest.raises(GalleriaError, match=why):
        from_words([word], "--correct")


def test_facts_come_from_the_photo_itself(tmp_path: Path) -> None:
    (photo := tmp_path / "a.jpg").write_bytes(sample_photos()[0].data)
    (film := tmp_path / "a.mov").write_bytes(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ")
    facts = facts_of("a.jpg", photo)
    assert facts.media is not None
    assert (facts.media.media_type, facts.taken) == ("image/jpeg", datetime(2024, 6, 15, 12, 30, 45))
    assert facts_of("a.mov", film).camera == facts.camera


def test_a_file_that_an_editor_began_with_a_mark_is_read(tmp_path: Path) -> None:
    assert book(tmp_path, '\ufeffzone = "Europe/Stockholm"\r\n').asked == {"target-timezone": "Europe/Stockholm"}
    assert RulesFile(tmp_path / "galleria.toml").first.startswith("zone")


@pytest.mark.parametrize("read", [read_rulebook, RulesFile])
def test_what_is_not_utf_8_is_refused_in_plain_words(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "galleria.toml"
    path.write_bytes(b'camera = "\xff"')
    with pytest.raises(GalleriaError, match="byte 11 is not UTF-8"):
        read(path)


def test_advice_speaks_of_the_keys_that_were_written(tmp_path: Path) -> None:
    with pytest.raises(CorrectionError) as caught:
        book(tmp_path, 'time = "2024-06-15T10:30:45"\nshift = 1')
    assert caught.value.advice == "Remove time or shift."
