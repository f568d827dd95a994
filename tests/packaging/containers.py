"""The Dockerfile and the compose file as data, and a stand-in for a container: a root of its own, read-only."""

import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.packaging.closure import ROOT
from tests.packaging.elsewhere import Elsewhere

USER = 10001


@dataclass
class Stage:
    """One stage of the Dockerfile: what it begins with, and its instructions."""

    name: str
    base: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def all(self, word: str) -> list[str]:
        """The arguments of every instruction of this kind."""
        return [rest for kind, rest in self.lines if kind == word]


def stages() -> dict[str, Stage]:
    """The stages of the Dockerfile by their names; an ARG before the first is a stage called ''."""
    found = {"": Stage("", "")}
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found[name] = Stage(name, base)
        elif word:
            list(found.values())[-1].lines.append((word, rest.strip()))
    return found


def lineage(name: str) -> list[Stage]:
    """The stage and those it is built upon, the first of them first."""
    known, line = stages(), list[Stage]()
    while name in known:
        line.insert(0, known[name])
        name = known[name].base
    return line


def last(name: str, word: str) -> str:
    """What the instruction says in the finished image."""
    said = [argument for stage in lineage(name) for argument in stage.all(word)]
    return said[-1] if said else ""


def variables(name: str) -> dict[str, str]:
    """The environment of the finished image."""
    said = (argument for stage in lineage(name) for argument in stage.all("ENV"))
    pairs = (pair.partition("=") for argument in said for pair in shlex.split(argument))
    return {key: value for key, _, value in pairs}


def command(name: str, words: list[str] | None = None) -> list[str]:
    """What a container of this image runs, with these words or its own."""
    return [*json.loads(last(name, "ENTRYPOINT")), *(words or json.loads(last(name, "CMD")))]


def compose() -> dict[str, Any]:
    """The compose file, with its anchors filled in."""
    stated: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return stated


# A root of bind mounts, all read-only but /data and /tmp; then an ordinary user without any capability.
_ENTER = """
set -eu
root=$1 data=$2 prefix=$3 packages=$4 program=$5; shift 5
mount --make-rprivate /
mount -t tmpfs -o mode=755 none "$root"
lend() { mkdir -p "$root$2"; mount --rbind "$1" "$root$2"; mount -o remount,bind,ro "$root$2"; }
for folder in /usr /etc /lib /lib64 /bin /sbin; do
  if [ -L "$folder" ]; then cp -P "$folder" "$root$folder"; elif [ -d "$folder" ]; then lend "$folder" "$folder"; fi
done
mkdir -p "$root/data" "$root/tmp" "$root/proc" "$root/dev"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 none "$root/tmp"
mount --bind "$data" "$root/data"
case $prefix in /usr) ;; *) lend "$prefix" "$prefix" ;; esac
lend "$packages" "$packages"
lend "$program" "$program"
mount -o remount,ro "$root"
cd "$root/data"
exec chroot "$root" \\
  setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
  sh -c 'cd /data; exec "$@"' sh "$@"
"""


def can_stand_in() -> bool:
    """Whether this machine lets us mount in a space of our own."""
    tried = ["unshare", "--mount", "mount", "--make-rprivate", "/"]
    return os.geteuid() == 0 and subprocess.run(tried, check=False, capture_output=True).returncode == 0


@dataclass(frozen=True)
class Container:
    """An image's stand-in: the installed wheel in a root of its own, with the variables that the Dockerfile sets."""

    place: Elsewhere
    image: str
    root: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        stated = variables(self.image)
        local = {"BEHOLDER_HOST": "127.0.0.1", "BEHOLDER_PORT": str(self.port), "BEHOLDER_GPUS": "none"}
        path = {
            "PATH": f"{self.place.environment / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/tmp",
            "OMP_NUM_THREADS": "1",
        }
        return stated | local | path

    def start(self, words: list[str]) -> "subprocess.Popen[str]":
        """The words run inside, as the image's user."""
        self.place.data.mkdir(exist_ok=True)
        os.chown(self.place.data, USER, USER)
        packages = next(path for path in map(Path, sys.path) if path.name == "site-packages")
        lent = (self.root, self.place.data, Path(sys.base_prefix), packages, self.place.environment)
        inside = ["unshare", "--mount", "sh", "-c", _ENTER, "sh", *map(str, lent), *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(inside, env=self.environment, stdout=pipe, stderr=pipe, text=True)

    def run(self, words: list[str]) -> tuple[int, str]:
        """How the words ended, and what they said."""
        with self.start(words) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out + err
