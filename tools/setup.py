"""Make the virtual environments from the hashed lock; needs nothing but some Python 3.

    python tools/setup.py base     .venv with what a run and the dashboard need
    python tools/setup.py dev      the same .venv with the tests' and developers' tools too
    python tools/setup.py newer    .venv-newer: the dev set on a newer Python, for the tests' second part

It stays readable by Python 3.6, so that an old interpreter ends in one clear line and not in a syntax error.
"""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OLDEST = (3, 11)
NEWER = (3, 12)
LOCKS = {"base": "requirements.lock", "dev": "requirements-dev.lock"}
# the words pip and uv use when the package index cannot be reached
OFFLINE = (
    "name resolution", "getaddrinfo", "dns error", "connection refused", "connection error", "connecterror",
    "newconnectionerror", "network is unreachable", "error sending request", "proxyerror", "timed out",
    "max retries exceeded", "tunnel error", "(from versions: none)",
)  # fmt: skip
PROBE = (
    "import sys, json, importlib.util as u;"
    "print(json.dumps([list(sys.version_info[:3]), sys.version_info[3], sys.implementation.name,"
    "bool(u.find_spec('venv') and u.find_spec('ensurepip'))]))"
)


class SetupError(Exception):
    """Set-up cannot go on; the message is the one line the user reads."""


def say(text):
    """One line to the user, at once even when the output is piped."""
    print("set-up: " + text, flush=True)


def venv_python(folder):
    """The interpreter inside a virtual environment."""
    return os.path.join(folder, *(("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")))


def probe(python):
    """(version, can make a venv) of a released CPython, None when it is something else or does not start."""
    try:
        out = subprocess.run(
            [python, "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30, check=True
        ).stdout
        version, level, implementation, can_venv = json.loads(out.decode())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return (tuple(version), can_venv) if level == "final" and implementation == "cpython" else None


def interpreters():
    """{path: (version, can make a venv)} of the Pythons on PATH and under pyenv.

    Every folder of PATH is looked at, because the first may be a pyenv shim that only says it is inactive.
    """
    names = ["python3.%d" % minor for minor in range(OLDEST[1], OLDEST[1] + 9)] + ["python3", "python"]
    if os.name == "nt":
        names = ["python.exe"]
    found = [sys.executable]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        found += [os.path.join(folder, name) for name in names]
    pyenv = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")
    found += glob.glob(os.path.join(pyenv, "versions", "3.*", "bin", "python3"))
    pythons = {}
    for path in found:
        inside_ours = os.path.abspath(path).startswith(os.path.join(ROOT, ".venv"))
        if path not in pythons and not inside_ours and os.path.isfile(path) and os.access(path, os.X_OK):
            known = probe(path)
            if known:
                pythons[path] = known
    return pythons


def choose(pythons, oldest, newest_first, uv):
    """The interpreter to build on, or None: the oldest good 3.x for .venv, the newest for .venv-newer."""
    good = [path for path, (version, able) in pythons.items() if version[:2] >= oldest and (able or uv)]
    sign = -1 if newest_first else 1
    # of one 3.x the latest patch
    return min(good, key=lambda path: (sign * pythons[path][0][1], -pythons[path][0][2]), default=None)


def no_python(pythons, oldest):
    """One line that says why no interpreter will do."""
    wanted = "Python %d.%d or newer is needed" % oldest
    bare = [path for path, info in pythons.items() if info[0][:2] >= oldest]
    if bare:
        return "%s and %s lacks the venv module (on Debian: apt-get install python3-venv)" % (wanted, bare[0])
    seen = sorted({"%d.%d.%d" % info[0] for info in pythons.values()})
    return "%s; found %s on PATH and under pyenv" % (wanted, ", ".join(seen) if seen else "none")


def wanted_stamp(level):
    """What a complete environment is stamped with: stale once the locks or the project's metadata change."""
    digest = hashlib.sha256()
    for name in sorted(LOCKS.values()):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        digest.update(file.read().split(b"[tool.")[0])
    return level + " " + digest.hexdigest()


def stamp_of(folder):
    """The stamp of an environment whose interpreter still starts, else an empty string."""
    try:
        with open(os.path.join(folder, ".complete")) as file:
            stamp = file.read().strip()
    except OSError:
        return ""
    return stamp if probe(venv_python(folder)) else ""


def command(words, lock_file, show=False):
    """Run one step, keeping its output for the diagnosis; (exit code, output).

    The lock file is handed down: a pip that outlives a killed set-up still keeps the next one waiting.
    """
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=() if os.name == "nt" else (lock_file.fileno(),),
    )
    assert process.stdout is not None
    lines, count = [], 0
    for raw in process.stdout:
        line = raw.decode("utf-8", "replace").rstrip()
        lines.append(line)
        if show and line.startswith("Collecting "):
            count += 1
            print("\r  %d packages found " % count, end="", flush=True)
    if count:
        print("\r" + " " * 30, end="\r", flush=True)
    return process.wait(), "\n".join(lines)


def failure(step, output):
    """The one line for a failed step, with the tool's own words when they are not about the network."""
    if any(word in output.lower() for word in OFFLINE):
        return "the package index cannot be reached; connect to the network and run the same command again"
    return "%s failed:\n%s" % (step, "\n".join(output.splitlines()[-15:]))


def install(python, lock, uv, lock_file):
    """Install the hashed lock and the checkout itself (editable, built with the lock's own build tools)."""
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    own = ["--no-build-isolation", "--no-deps", "-e", ROOT]
    locked = ["--require-hashes", "-r", lock]
    if uv:
        with_uv = [uv, "pip", "install", "--python", python]
        code, output = command(with_uv + locked, lock_file)
        if code == 0:
            code, output = command(with_uv + own, lock_file)
        if code == 0:
            return
        # a mirror may be set up for pip alone
        say("uv could not install (%s); trying pip" % (output.strip().splitlines() or ["no output"])[0][:90])
    for words in (pip + locked, pip + own):
        code, output = command(words, lock_file, show=sys.stdout.isatty())
        if code:
            raise SetupError(failure("pip install", output))


def build(name, level, oldest, newest_first, lock_file):
    """Bring one environment to a level: nothing to do, add to it, or make it afresh. The stamp comes last."""
    folder = os.path.join(ROOT, name)
    stamp = stamp_of(folder)
    if stamp in (wanted_stamp(level), wanted_stamp("dev")):
        return
    uv = shutil.which("uv")
    python = venv_python(folder)
    if stamp == wanted_stamp("base"):
        os.remove(os.path.join(folder, ".complete"))
    else:
        # anything without the right stamp may be half an install: start from nothing
        if stamp.startswith("dev "):
            level = "dev"
        pythons = interpreters()
        chosen = choose(pythons, oldest, newest_first, uv)
        if chosen is None:
            raise SetupError(no_python(pythons, oldest))
        say("making %s with Python %s" % (name, ".".join(map(str, pythons[chosen][0]))))
        shutil.rmtree(folder, ignore_errors=True)
        make = [uv, "venv", "--seed", "--python", chosen, folder] if uv else [chosen, "-m", "venv", folder]
        code, output = command(make, lock_file)
        if code and uv and pythons[chosen][1]:
            shutil.rmtree(folder, ignore_errors=True)
            code, output = command([chosen, "-m", "venv", folder], lock_file)
        if code:
            raise SetupError(failure("making " + name, output))
    say("installing %s with %s" % (LOCKS[level], "uv" if uv else "pip, a minute or two"))
    install(python, LOCKS[level], uv, lock_file)
    with open(os.path.join(folder, ".complete.part"), "w") as file:
        file.write(wanted_stamp(level) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(os.path.join(folder, ".complete.part"), os.path.join(folder, ".complete"))
    say("%s is ready" % name)


def main(words):
    """Do what the one word asks; the exit code."""
    if len(words) != 1 or words[0] not in ("base", "dev", "newer"):
        print(__doc__)
        return 2
    name = ".venv-newer" if words[0] == "newer" else ".venv"
    try:
        with open(os.path.join(ROOT, name + ".lock"), "w") as lock_file:
            if os.name != "nt":
                import fcntl  # two makes at once: the second waits for the first

                fcntl.flock(lock_file, fcntl.LOCK_EX)
            if words[0] == "newer":
                build(name, "dev", NEWER, True, lock_file)
            else:
                build(name, words[0], OLDEST, False, lock_file)
    except SetupError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        say("stopped; the same command starts again")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
