"""The data set: what is read, what is kept, and what happens when either is damaged."""

from __future__ import annotations

import functools
import gzip
import hashlib
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch

from grader_plugin import mnist

ROOT = Path(__file__).resolve().parents[1]
NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
IMAGES, LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
NOWHERE = Path("nowhere")  # with this source, a copy that has to be made anew raises


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A sound copy, made once; tests that change one take `cache`."""
    cache = tmp_path_factory.mktemp("mnist") / "cache"
    mnist.load(source=ROOT / "data", cache=cache)
    return cache


@pytest.fixture
def cache(built, tmp_path):
    """A sound copy to damage: the large files are links, so replace them and never write into them."""
    folder = tmp_path / "cache"
    folder.mkdir()
    for path in built.iterdir():
        (os.link if "images" in path.name else shutil.copy2)(path, folder / path.name)
    return folder


@pytest.fixture
def source(tmp_path):
    """A sound data folder to damage: each file is a link, so replace it and never write into it."""
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        (raw / f"{name}.gz").symlink_to(ROOT / "data" / "MNIST" / "raw" / f"{name}.gz")
    return tmp_path / "data"


def replace(path, content):
    path.unlink()
    path.write_bytes(content)


def raw(folder, name):
    return folder / "MNIST" / "raw" / name


def rejects(source, cache, path, fact):
    """Loading fails with one sentence that names the file, the fact, what was expected, and the remedy."""
    with pytest.raises(mnist.MnistError) as caught:
        mnist.load(source=source, cache=cache)
    sentence = str(caught.value)
    assert sentence.startswith(f"MNIST file {str(path)!r} {fact}")
    assert ", expected md5 " in sentence
    assert sentence.endswith("; `grader data --download` fetches it anew when there is a network")
    assert "\n" not in sentence


def is_mnist(splits):
    train, test = splits
    assert train.images.shape == (60_000, 28, 28)
    assert test.images.shape == (10_000, 28, 28)
    assert train.images.dtype == test.images.dtype == torch.uint8
    assert train.labels.dtype == test.labels.dtype == torch.int64
    assert train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert test.labels[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    # 0.1307 is the mean that everyone normalises the training set with.
    assert train.images.numpy().mean() / 255 == pytest.approx(0.1307, abs=5e-5)


# What is loaded


@pytest.mark.parametrize("verify", [False, True])
def test_the_copy_is_mnist(built, verify):
    is_mnist(mnist.load(verify=verify, source=NOWHERE, cache=built))


def test_without_a_copy_the_source_is_read_and_copied(source, tmp_path):
    is_mnist(mnist.load(source=source, cache=tmp_path / "deep" / "cache"))
    is_mnist(mnist.load(source=NOWHERE, cache=tmp_path / "deep" / "cache"))
    assert sorted(path.suffix for path in (tmp_path / "deep" / "cache").iterdir()) == [
        ".json",
        *[".uint8"] * 4,
    ]


@pytest.mark.parametrize("verify", [False, True])
def test_writing_to_a_tensor_changes_no_file(built, verify):
    train, _ = mnist.load(verify=verify, source=NOWHERE, cache=built)
    train.images[0].fill_(7)
    train.labels[0] = 7
    again, _ = mnist.load(verify=True, source=NOWHERE, cache=built)
    assert again.images[0].float().mean().item() != 7
    assert again.labels[0].item() == 5


def test_the_copy_is_mapped_without_torchvision(built):
    code = (
        "import sys; from pathlib import Path; from grader_plugin import mnist;"
        f"mnist.load(source=Path('nowhere'), cache=Path({str(built)!r}));"
        "assert 'torchvision' not in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, cwd=ROOT)


def test_the_default_copy_is_in_the_users_cache_directory(built, tmp_path, monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(tmp_path / name))
    (tmp_path / "pytest-gradient").mkdir()
    (tmp_path / "pytest-gradient" / "mnist").symlink_to(built)
    is_mnist(mnist.load(source=NOWHERE))


def test_the_source_is_the_data_folder_here_or_the_repositorys(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert mnist.source_folder() == source
    monkeypatch.chdir(source)
    assert mnist.source_folder() == ROOT / "data"
    (source / "data").mkdir()  # a data folder, of something else
    assert mnist.source_folder() == ROOT / "data"


def test_the_readme_has_the_checksums():
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    for name in NAMES:
        packed = raw(ROOT / "data", f"{name}.gz").read_bytes()
        for content in (packed, gzip.decompress(packed)):
            assert hashlib.md5(content).hexdigest() in readme
            assert f"{len(content):,}" in readme


# A damaged source


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        pytest.param(b"", "has 0 bytes unpacked", id="empty"),
        pytest.param(b"<html>404</html>", "is not a gzip file", id="not-gzip"),
        pytest.param(
            gzip.compress(bytes(60_008)),
            "has md5 6070aa0b16a9b01794abaf6f19f88cc5 unpacked",
            id="other-content",
        ),
        pytest.param(gzip.compress(bytes(9)), "has 9 bytes unpacked", id="short"),
        pytest.param(gzip.compress(bytes(10**6)), "has more than 60008 bytes unpacked", id="long"),
        pytest.param(gzip.compress(bytes(60_008))[:40], "is a damaged gzip file (", id="truncated"),
        pytest.param(gzip.compress(b"")[:10] + b"\xff" * 40, "is a damaged gzip file (", id="not-deflate"),
    ],
)
def test_a_damaged_file_is_one_sentence(source, tmp_path, content, fact):
    replace(raw(source, LABELS), content)
    rejects(source, tmp_path / "cache", raw(source, LABELS), fact)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(source, tmp_path, name):
    raw(source, f"{name}.gz").unlink()
    rejects(source, tmp_path / "cache", raw(source, f"{name}.gz"), "is missing")


def test_an_unreadable_file_is_named(source, tmp_path):
    raw(source, IMAGES).unlink()
    raw(source, IMAGES).mkdir()
    rejects(source, tmp_path / "cache", raw(source, IMAGES), "cannot be read (Is a directory)")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes")
def test_a_pipe_is_not_waited_for(source, tmp_path):
    raw(source, IMAGES).unlink()
    os.mkfifo(raw(source, IMAGES))
    rejects(source, tmp_path / "cache", raw(source, IMAGES), "cannot be read (Not a regular file)")


def test_a_missing_folder_names_its_first_file(tmp_path):
    rejects(tmp_path / "data", tmp_path / "cache", raw(tmp_path / "data", IMAGES), "is missing")


@pytest.mark.parametrize("packed", [None, b"damaged"])
def test_an_unpacked_file_will_do(source, tmp_path, packed):
    content = gzip.decompress(raw(source, LABELS).read_bytes())
    raw(source, LABELS.removesuffix(".gz")).write_bytes(content)
    raw(source, LABELS).unlink()
    if packed is not None:
        raw(source, LABELS).write_bytes(packed)
    is_mnist(mnist.load(source=source, cache=tmp_path / "cache"))


def test_a_damaged_unpacked_file_is_named(source, tmp_path):
    raw(source, IMAGES).unlink()
    path = raw(source, IMAGES.removesuffix(".gz"))
    path.write_bytes(b"rubbish")
    rejects(source, tmp_path / "cache", path, "has 7 bytes unpacked")


def test_no_room_to_unpack_is_one_sentence(source, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    with pytest.raises(mnist.MnistError, match=r"(?s)\AMNIST cannot be unpacked [^\n]* TMPDIR\Z"):
        mnist.load(source=source, cache=tmp_path / "cache")


# A damaged copy


def forget_sidecar(cache):
    (cache / "mnist.json").unlink()


def rubbish_sidecar(cache):
    (cache / "mnist.json").write_bytes(b"\xff[" * 9)


def other_version(cache):
    text = (cache / "mnist.json").read_text()
    (cache / "mnist.json").write_text(text.replace('"version": 1', '"version": 0'))


def forget_file(cache):
    (cache / "t10k-labels.uint8").unlink()


def shorten(cache):
    replace(cache / "train-images.uint8", bytes(28 * 28))


def lengthen(cache):
    with (cache / "train-labels.uint8").open("ab") as stream:
        stream.write(b"\0")


def touch(cache):
    os.utime(cache / "train-labels.uint8")


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize(
    "damage", [forget_sidecar, rubbish_sidecar, other_version, forget_file, shorten, lengthen, touch]
)
def test_a_damaged_copy_is_not_used(cache, damage, verify):
    damage(cache)
    with pytest.raises(mnist.MnistError, match="is missing, expected md5"):
        mnist.load(verify=verify, source=NOWHERE, cache=cache)


def test_a_damaged_copy_is_made_anew_silently(cache, source, capfd):
    shorten(cache)
    rubbish_sidecar(cache)
    is_mnist(mnist.load(source=source, cache=cache))
    is_mnist(mnist.load(verify=True, source=NOWHERE, cache=cache))
    assert capfd.readouterr() == ("", "")


def test_other_bytes_of_the_same_size_and_time_are_seen_by_verify(cache, source):
    path = cache / "train-labels.uint8"
    stat = path.stat()
    path.write_bytes(b"\1" * stat.st_size)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    believed, _ = mnist.load(source=NOWHERE, cache=cache)
    assert believed.labels.unique().tolist() == [1]
    is_mnist(mnist.load(verify=True, source=source, cache=cache))
    is_mnist(mnist.load(source=NOWHERE, cache=cache))


@pytest.mark.parametrize("verify", [False, True])
def test_a_short_file_with_a_forged_sidecar_is_not_used(cache, verify):
    shorten(cache)
    (cache / "mnist.json").write_bytes(mnist._sidecar(cache))
    with pytest.raises(mnist.MnistError, match="is missing"):
        mnist.load(verify=verify, source=NOWHERE, cache=cache)


def test_a_cache_that_cannot_be_written_is_done_without(source, tmp_path):
    (tmp_path / "file").write_text("in the way")
    is_mnist(mnist.load(source=source, cache=tmp_path / "file"))
    is_mnist(mnist.load(verify=True, source=source, cache=tmp_path / "file" / "below"))
    assert (tmp_path / "file").read_text() == "in the way"


def test_two_processes_may_build_at_once(source, tmp_path):
    cache = tmp_path / "cache"
    code = (
        "from pathlib import Path; from grader_plugin import mnist;"
        f"mnist.load(source=Path({str(source)!r}), cache=Path({str(cache)!r}))"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    with subprocess.Popen(command, cwd=ROOT) as first, subprocess.Popen(command, cwd=ROOT) as second:
        assert (first.wait(), second.wait()) == (0, 0)
    is_mnist(mnist.load(verify=True, source=NOWHERE, cache=cache))
    assert len(list(cache.iterdir())) == 5


# The download: torchvision's own, from a server on this machine


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder that torchvision takes for its mirror, with the repository's files."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    sums = []
    for name in NAMES:
        content = raw(ROOT / "data", f"{name}.gz").read_bytes()
        (folder / f"{name}.gz").write_bytes(content)
        sums.append((f"{name}.gz", hashlib.md5(content).hexdigest()))

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *args):
            pass  # torchvision looks for a redirect first, and hangs up

    server = Server(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("no_proxy", "*")
    torchvision_mnist = mnist._torchvision_mnist()
    monkeypatch.setattr(torchvision_mnist, "mirrors", [f"http://127.0.0.1:{server.server_port}/"])
    monkeypatch.setattr(torchvision_mnist, "resources", sums)
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def test_download_fills_an_empty_folder(mirror, tmp_path):
    mnist.download(tmp_path / "new" / "data")
    is_mnist(mnist.load(source=tmp_path / "new" / "data", cache=tmp_path / "cache"))
    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == ["MNIST"]


def test_download_replaces_what_is_damaged_and_nothing_else(mirror, source):
    for name in NAMES[:2]:
        replace(raw(source, f"{name}.gz"), b"damaged")
    raw(source, NAMES[0]).write_bytes(b"damaged as well")
    raw(source, NAMES[1]).write_bytes(gzip.decompress((mirror / LABELS).read_bytes()))
    mnist.download(source)
    assert raw(source, IMAGES).read_bytes() == (mirror / IMAGES).read_bytes()
    assert raw(source, LABELS).read_bytes() == (mirror / LABELS).read_bytes()
    assert not raw(source, NAMES[0]).exists()
    assert [raw(source, f"{name}.gz").is_symlink() for name in NAMES] == [False, False, True, True]


def test_download_leaves_a_sound_folder_alone(source, monkeypatch):
    monkeypatch.setattr(mnist, "_torchvision_mnist", pytest.fail)
    mnist.download(source)


def fails_in_one_sentence(source):
    with pytest.raises(mnist.MnistError) as caught:
        mnist.download(source)
    sentence = str(caught.value)
    assert sentence.startswith(f"MNIST file {str(raw(source, LABELS))!r} could not be downloaded (")
    assert sentence.endswith("; run `grader data --download` again when there is a network")
    assert "\n" not in sentence
    assert raw(source, LABELS).read_bytes() == b"damaged"
    return sentence


def test_download_without_a_network_is_one_sentence(mirror, source, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # never listens: a connection is refused
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        monkeypatch.setattr(mnist._torchvision_mnist(), "mirrors", [address])
        replace(raw(source, LABELS), b"damaged")
        assert "Connection refused" in fails_in_one_sentence(source)


def test_download_of_something_else_is_one_sentence(mirror, source):
    (mirror / LABELS).write_bytes(b"<html>Please log in</html>")
    replace(raw(source, LABELS), b"damaged")
    assert "File not found or corrupted." in fails_in_one_sentence(source)


def test_download_from_a_changed_mirror_is_refused(mirror, source, monkeypatch):
    """torchvision's own checksums agree, ours do not."""
    content = gzip.compress(b"\0\0\x08\x01\0\0\0\1" + b"\7")
    (mirror / LABELS).write_bytes(content)
    sums = dict(mnist._torchvision_mnist().resources) | {LABELS: hashlib.md5(content).hexdigest()}
    monkeypatch.setattr(mnist._torchvision_mnist(), "resources", list(sums.items()))
    replace(raw(source, LABELS), b"damaged")
    with pytest.raises(mnist.MnistError, match="has 9 bytes unpacked, expected md5 a25b"):
        mnist.download(source)
    assert raw(source, LABELS).read_bytes() == b"damaged"
