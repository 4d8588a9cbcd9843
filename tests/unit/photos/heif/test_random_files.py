"""HEIF files of random structure: the promises that hold for all of them."""

from hypothesis import given
from hypothesis import strategies as st

from galleria_storage.photos.photo import correct_bytes, plan_photo
from galleria_storage.photos.plan import NOTHING, Texts
from galleria_storage.photos.source import BytesSource
from tests.support.photos.boxes import box
from tests.support.photos.damage import damaged, refused_or_corrected_for_good
from tests.support.photos.exif_blocks import OTHER
from tests.support.photos.heifs import LAYOUTS, NEW, READ, TABLES, Spec, block, exif_item, exif_of, heif, items_of

THIS = Texts(NEW)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    numbers = draw(st.lists(st.integers(1, 2000), min_size=1, max_size=6, unique=True))
    kinds = st.sampled_from([b"hvc1", b"av01", b"grid", b"mime", b"tmap"])
    method = st.sampled_from([0, 0, 0, 1])
    items = [Spec(n, draw(kinds), draw(st.binary(max_size=40)), draw(method)) for n in numbers[:1]]
    for number in numbers[1:]:
        if draw(st.booleans()) and not any(item.kind == b"Exif" for item in items):
            data = block(offset=draw(st.booleans()))
            pieces = draw(st.integers(1, 3))
            items.append(exif_item(number, data=data, method=draw(method), pieces=pieces))
        else:
            items.append(Spec(number, draw(kinds), draw(st.binary(min_size=1, max_size=40)), draw(method)))
    table = draw(st.sampled_from(TABLES))
    if not table.version:
        items = [item._replace(method=0) for item in items]
    if not table.offset or (table.base and table.uses_base):
        items = [item._replace(pieces=1) for item in items]
    layout = [*draw(st.sampled_from(LAYOUTS))]
    if layout[-1] != b"mdat0":
        layout += draw(st.lists(st.sampled_from([box(b"mpvd", b"video"), box(b"sefd", b"notes")]), max_size=2))
    room = draw(st.integers(0, 90))
    if room and layout[1] == b"meta":
        layout.insert(2, box(b"free", bytes(room)))
    references = [(b"cdsc", item.number, numbers[0]) for item in items[1:] if draw(st.booleans())]
    version = draw(st.sampled_from([0, 0, 1, None]))
    order = " ".join(draw(st.permutations(["iloc", "iinf", "iref"])))
    return heif(
        items,
        layout,
        table=table,
        references=references,
        wide=draw(st.booleans()),
        order=order,
        reference_version=version,
    )


@given(files())
def test_the_tags_are_written_and_all_else_stays(file: bytes) -> None:
    result = correct_bytes(file, THIS)
    items, before = items_of(result), items_of(file)
    exif = {number for number, (kind, _) in items.items() if kind == b"Exif"}
    assert len(exif) == 1
    assert {exif_of(items[number][1]) for number in exif} == {READ}
    assert {n: i for n, i in items.items() if n not in exif} == {n: i for n, i in before.items() if i[0] != b"Exif"}


@given(files())
def test_twice_is_once_and_the_last_word_counts(file: bytes) -> None:
    once = correct_bytes(file, THIS)
    assert correct_bytes(once, THIS) == once
    other = correct_bytes(once, OTHER)
    assert len(other) == len(once)
    assert correct_bytes(other, THIS) == once
    assert correct_bytes(correct_bytes(file, OTHER), THIS) == once


@given(files())
def test_a_result_reads_back_through_its_view(file: bytes) -> None:
    source = BytesSource(file)
    made = plan_photo(source, THIS)
    again = plan_photo(made.view(source), NOTHING, "image/heic")
    assert again.before == made.after
    assert not again.patches


@given(files(), st.data())
def test_a_damaged_file_is_refused_or_keeps_its_items(file: bytes, data: st.DataObject) -> None:
    refused_or_corrected_for_good(damaged(data, file, 8), THIS)
