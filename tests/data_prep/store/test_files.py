import numpy as np
import pytest

from data_prep.store import files
from wavegan_cond.storage.checksums import file_sha256


@pytest.mark.parametrize(
    ("dtype", "shape"),
    [
        ("<i2", (7, 32)),
        ("<i2", (12345678, 16384)),
        ("<i4", (9,)),
        ("<u4", (10**12,)),
        ("<i2", (1, 10**30, 10**21)),
    ],
)
def test_the_header_is_the_one_numpy_writes(tmp_path, dtype, shape):
    with (tmp_path / "a").open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": dtype, "fortran_order": False, "shape": shape}
        )
    assert files.npy_header(dtype, shape) == (tmp_path / "a").read_bytes()


def test_what_is_written_in_pieces_is_what_numpy_saves(tmp_path):
    array = np.arange(21, dtype="<i2").reshape(7, 3)
    path, saved = tmp_path / "a.npy", tmp_path / "b.npy"
    np.save(saved, array)
    digest = files.write_npy(path, "<i2", (7, 3), [array[:4], array[4:]])
    assert path.read_bytes() == saved.read_bytes()
    assert digest == file_sha256(path)
    assert (files.map_npy(path, (7, 3)) == array).all()
    assert (files.read_npy(path.read_bytes(), "<i2", (7, 3)) == array).all()


def others():
    array = np.arange(12, dtype="<i2").reshape(3, 4)
    return {
        "shape": array.reshape(4, 3),
        "type": array.astype("<i4"),
        "byte order": array.astype(">i2"),
        "Fortran order": np.asfortranarray(array),
        "pickle": np.array([{}] * 12).reshape(3, 4),
    }


@pytest.mark.parametrize("kind", others())
def test_another_array_is_refused(tmp_path, kind):
    path = tmp_path / "a.npy"
    np.save(path, others()[kind], allow_pickle=True)
    with pytest.raises(ValueError, match="not an array <i2"):
        files.map_npy(path, (3, 4))


def test_a_zip_under_the_name_of_an_array_is_refused(tmp_path):
    with (tmp_path / "a.npy").open("wb") as file:
        np.savez(file, a=np.zeros((3, 4), "<i2"))
    with pytest.raises(ValueError, match="not an array"):
        files.map_npy(tmp_path / "a.npy", (3, 4))


@pytest.mark.parametrize("change", [-1, 1])
def test_a_header_does_not_speak_for_the_data(tmp_path, change):
    path = tmp_path / "a.npy"
    files.write_npy(path, "<i2", (3, 4), [np.zeros((3, 4), "<i2")])
    content = path.read_bytes()
    path.write_bytes(content[:-1] if change < 0 else content + b"\0")
    with pytest.raises(ValueError, match="bytes instead of"):
        files.map_npy(path, (3, 4))


def test_rows_must_be_as_announced(tmp_path):
    def write(*chunks):
        files.write_npy(tmp_path / "a.npy", "<i2", (2, 3), chunks)

    for chunk in (np.zeros((2, 3), "<i4"), np.zeros((2, 4), "<i2")):
        with pytest.raises(ValueError, match="rows of"):
            write(chunk)
    for rows in (1, 3):
        with pytest.raises(ValueError, match=f"{rows} rows, 2 announced"):
            write(np.zeros((rows, 3), "<i2"))
