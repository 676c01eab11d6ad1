"""The engines, started, killed and found again; each test has a folder of its own."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from app import embedded
from app.embedded import LONGEST_SOCKET_FOLDER, EngineError, Engines


def until(done: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that is about to be true."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def connect(engines: Engines) -> psycopg.Connection:
    return psycopg.connect(engines.database_url.replace("+psycopg", ""), autocommit=True)


def query(engines: Engines, sql: str) -> object:
    """First value of the answer, if it has one."""
    with connect(engines) as connection:
        row = (done := connection.execute(sql)).description and done.fetchone()
        return row[0] if row else None


@pytest.fixture
def own_engines(tmp_path: Path) -> Iterator[Engines]:
    engines = Engines(tmp_path / "it's a folder", fast=True)
    engines.start()
    yield engines
    engines.stop()


def test_they_come_back_after_a_crash_at_the_same_address_with_the_data(
    own_engines: Engines,
) -> None:
    addresses = own_engines.database_url, own_engines.redis_url
    query(own_engines, "CREATE TABLE kept AS SELECT 7 AS n")
    busy = connect(own_engines)

    own_engines.postgres.kill()
    own_engines.valkey.kill()
    assert not own_engines.postgres.is_running()
    assert not own_engines.valkey.is_running()
    own_engines.start()

    assert (own_engines.database_url, own_engines.redis_url) == addresses
    assert query(own_engines, "SELECT n FROM kept") == 7
    assert redis.Redis.from_url(own_engines.redis_url).ping()
    busy.close()


def test_a_backend_that_outlives_its_server_does_not_hinder_the_next(own_engines: Engines) -> None:
    busy = connect(own_engines)
    backend = busy.info.backend_pid
    busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 10000000000)")
    own_engines.postgres.kill()
    assert psutil.pid_exists(backend)
    own_engines.postgres.start()
    assert query(own_engines, "SELECT 1") == 1
    until(lambda: not psutil.pid_exists(backend))
    busy.close()


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 + 1, None], ids=["reused", "gone", "empty"])
def test_a_lock_from_before_a_power_cut_does_not_hinder(
    own_engines: Engines, pid: int | None
) -> None:
    own_engines.postgres.stop()
    lock = own_engines.postgres.folder / "postmaster.pid"
    lock.write_text(f"{pid}\n{lock.parent}\n" if pid else "", encoding="ascii")
    begun = time.perf_counter()
    own_engines.postgres.start()
    assert time.perf_counter() - begun < 5
    assert query(own_engines, "SELECT 1") == 1


def test_a_second_server_on_the_same_data_is_refused(
    own_engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "STOP_SECONDS", 0.1)
    second = Engines(own_engines.postgres.folder.parent, fast=True)
    with pytest.raises(EngineError, match=f"running already .*process {own_engines.postgres.pid}"):
        second.postgres.start()
    assert query(own_engines, "SELECT 1") == 1


def test_a_first_start_that_was_cut_short_is_begun_again(tmp_path: Path) -> None:
    half = tmp_path / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n", encoding="ascii")
    engines = Engines(tmp_path, fast=True)
    engines.postgres.start()
    assert query(engines, "SELECT 1") == 1
    engines.stop()


def test_nobody_else_can_enter_and_no_port_is_open(own_engines: Engines) -> None:
    sockets = embedded.socket_folder(own_engines.postgres.folder.parent)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert sockets.stat().st_uid == os.getuid()
    for folder in (own_engines.postgres.folder, own_engines.postgres.folder.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in sockets.iterdir()}
    kept = {path.name for path in modes if path.is_socket()}
    assert kept == {".s.PGSQL.5432", "valkey.sock"}
    assert {path.name for path in modes if modes[path] & 0o077} == set()
    assert query(own_engines, "SHOW listen_addresses") == ""
    assert own_engines.redis_url.startswith("unix://")
    valkey = psutil.Process(own_engines.valkey.pid)
    assert [c for c in valkey.net_connections("inet") if c.status == psutil.CONN_LISTEN] == []


def test_a_text_search_of_names_knows_letters_with_accents(own_engines: Engines) -> None:
    query(own_engines, "CREATE EXTENSION pg_trgm")
    assert query(own_engines, "SELECT similarity('Núñez', 'núñez')") == 1


@pytest.mark.parametrize("name", ["x" * 120, "a,b"], ids=["long", "comma"])
def test_a_folder_that_cannot_hold_sockets_has_them_elsewhere(tmp_path: Path, name: str) -> None:
    engines = Engines(tmp_path / name, fast=True)
    sockets = embedded.socket_folder((tmp_path / name).resolve())
    assert len(os.fsencode(sockets)) <= LONGEST_SOCKET_FOLDER
    engines.start()
    assert query(engines, "SELECT 1") == 1
    assert redis.Redis.from_url(engines.redis_url).ping()
    engines.stop()
    assert not sockets.exists(), "nothing is left in a shared place"
    engines.start()
    assert query(engines, "SELECT 1") == 1
    engines.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another way")
def test_root_without_namespaces_runs_it_as_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused() -> None:
        raise PermissionError

    monkeypatch.setattr(embedded, "_enter_user_namespace", refused)
    tmp_path.chmod(0o700)
    engines = Engines(tmp_path / "engines", fast=True)
    engines.postgres.start()
    assert psutil.Process(engines.postgres.pid).uids().effective != 0
    assert query(engines, "SELECT 1") == 1
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700, "no folder is opened to others"
    engines.stop()
    monkeypatch.undo()
    engines.postgres.start()
    assert query(engines, "SELECT 1") == 1, "the data goes with the machine it is moved to"
    engines.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere `make run` has its guard")
def test_they_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from app.embedded import Engines\n"
        "engines = Engines(Path(sys.argv[1]), fast=True); engines.start()\n"
        "print(engines.postgres.pid, engines.valkey.pid, flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pids = [int(pid) for pid in starter.stdout.readline().split()]
        starter.kill()
    assert len(pids) == 2
    until(lambda: not any(map(psutil.pid_exists, pids)))
