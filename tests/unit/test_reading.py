"""A file that cannot be read is one line, and nothing endless is opened."""

import os

import pytest

from interlayer.errors import InputError
from interlayer.reading import MOST_BYTES, read_text, read_toml


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"\xff\xff", "not UTF-8"), (b"a = ", "not valid TOML"), (b"a = " + b"[" * 5000, "nested too deeply")],
)
def test_what_is_no_toml_is_refused(tmp_path, content, expected):
    file = tmp_path / "x.toml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=expected):
        read_toml(file, "cell file")


def test_a_large_file_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "x.toml"
    with file.open("wb") as handle:
        handle.truncate(MOST_BYTES + 1)
    with pytest.raises(InputError, match="larger than"):
        read_text(file, "cell file")


def test_folders_devices_and_missing_files_are_refused(tmp_path):
    for path in [tmp_path, tmp_path / "none.toml", tmp_path / "\0", type(tmp_path)(os.devnull)]:
        with pytest.raises(InputError, match="cannot read the cell file") as error:
            read_text(path, "cell file")
        assert "\n" not in str(error.value)


def test_a_byte_order_mark_is_no_text(tmp_path):
    file = tmp_path / "x.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1")
    assert read_toml(file, "cell file") == {"a": 1}
