"""What goes wrong ends in one line on standard error that says what to do."""

import fcntl
import os
import shutil
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path):
    """A checkout of its own: nothing here may touch the one under test."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=ignored)
    return tmp_path


def call(checkout, script, *args, **environment):
    """Run a script that is to fail; give its one line."""
    environment = {
        name: value
        for name, value in (os.environ | environment).items()
        if value is not None
    }
    done = subprocess.run(
        [checkout / "scripts" / script, *args],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def bash(checkout, text):
    """Run a piece of bash with the scripts' library loaded."""
    library = checkout / "scripts/lib/provision.sh"
    return subprocess.run(
        ["bash", "-c", f". '{library}'; make_home; {text}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def taken_port():
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


@pytest.mark.parametrize("port", ["eight", "-1", "0", "65536", "80 90", "1e3"])
def test_port_that_is_none(checkout, port):
    line = call(checkout, "run", PORT=port)
    assert f"PORT={port} is not a port: give a number" in line


def test_port_taken(checkout, taken_port):
    line = call(checkout, "run", PORT=taken_port)
    assert f"port {taken_port} is taken" in line
    assert line.endswith(" scripts/run")


def test_server_already_running(checkout):
    home = checkout / ".provisioned"
    home.mkdir()
    (home / "run.where").write_text("http://127.0.0.1:8069 (process 1)\n")
    with (home / "run.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = call(checkout, "run", PORT="18999")
    assert "already running: http://127.0.0.1:8069" in line


def test_gate_already_running(checkout):
    home = checkout / ".provisioned"
    home.mkdir()
    with (home / "test.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another scripts/test runs" in call(checkout, "test")


def test_odoo_bin_that_is_not_there(checkout):
    line = call(checkout, "odoo", "--version", ODOO_BIN="/nowhere/odoo-bin")
    assert "ODOO_BIN=/nowhere/odoo-bin is not a program" in line


def test_odoo_bin_of_another_version(checkout, tmp_path):
    old = tmp_path / "odoo-bin"
    old.write_text("#!/bin/sh\necho Odoo Server 17.0\n")
    old.chmod(0o755)
    line = call(checkout, "odoo", "--version", ODOO_BIN=str(old))
    assert "is not an Odoo 19 that runs (it says: Odoo Server 17.0)" in line


def test_benchmark_that_is_not_there(checkout):
    assert "bench.py is not there" in call(checkout, "bench")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("W: Could not resolve 'mirror'", "no network"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("E: Unable to locate package odoo-19", "a package is gone"),
        ("E: Could not get lock /var/lib/dpkg/lock", "another apt-get is running"),
    ],
)
def test_failed_step_says_what_to_do(checkout, said, advice):
    done = bash(checkout, f'must_step Fetching x sh -c "echo \\"{said}\\"; exit 3"')
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert advice in done.stderr


def test_step_killed_half_way_is_not_remembered(checkout):
    script = "must_step Slow slow sh -c 'kill -9 $$'; mark_done slow hash"
    assert bash(checkout, script).returncode != 0
    assert bash(checkout, "done_before slow hash").returncode != 0
    assert bash(checkout, "mark_done slow hash").returncode == 0
    assert bash(checkout, "done_before slow hash").returncode == 0
    assert bash(checkout, "done_before slow other").returncode != 0


def test_failure_inside_a_step_stops_it(checkout):
    done = bash(
        checkout, "work() { false; echo went on; }; must_step Working work work"
    )
    assert done.returncode != 0
    assert "went on" not in (checkout / ".provisioned/log/work.log").read_text()


def test_lane_that_fails_ends_the_script(checkout):
    work = "work() { step Fetching x true; die 'fetch it yourself'; }"
    done = bash(checkout, f"{work}; aside odoo work; meet; echo went on")
    assert (done.returncode, done.stdout) == (69, "Fetching …\n")
    assert [line[-17:] for line in done.stderr.splitlines()] == ["fetch it yourself"]


def test_lane_ends_with_the_script(checkout):
    work = 'work() { step Fetching x sh -c "sleep 2; touch $LOGS/late"; }'
    done = bash(checkout, f"{work}; aside odoo work; die 'no disk'")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    time.sleep(2.5)
    assert not (checkout / ".provisioned/log/late").exists()


def test_lane_says_what_it_does_where_the_script_does(checkout):
    script = "SAY_ON_STDERR=yes; aside odoo say beside; say first; meet; echo result"
    done = bash(checkout, script)
    assert (done.stdout, done.stderr) == ("result\n", "first\nbeside\n")


# a command in place of Odoo's: it notes each call in the key file
NOTED = 'set_odoo_environment; ODOO=(sh -c "echo made >>\\$DIVE_CRM_KEYS" --); '


def test_key_file_is_made_once(checkout):
    """Another key in its place would lose all that the first one has encrypted."""
    done = bash(checkout, f"OWN_KEYS=; {NOTED} provide_keys; provide_keys")
    assert done.returncode == 0, done.stderr
    assert (checkout / ".provisioned/keys.json").read_text() == "made\n"


def test_key_file_of_the_user(checkout, tmp_path):
    own = tmp_path / "own.json"
    text = f"OWN_KEYS='{own}'; {NOTED} provide_keys; echo $DIVE_CRM_KEYS"
    done = bash(checkout, text)
    assert done.stdout.strip() == str(own)
    assert not own.exists()
    assert not (checkout / ".provisioned/keys.json").exists()
