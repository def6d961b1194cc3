"""Gets tools from Debian's packages. Emulators and linkers are installed. A compiler with the source of its standard
library is unpacked next to the build, because the installed one lacks the libraries of other platforms."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from report import Failed

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "platforms"
COMPILER = "rustc-web"
SOURCE = "rust-web-src"
# Makes cargo build the standard library.
BUILD_STD = ["-Z", "build-std=std,panic_abort"]


def run(command, problem, **more):
    """Runs a command and returns its output. If it fails, raises `problem` with the end of the output."""
    # A file, because processes that outlive the command (Wine's services) would keep a pipe open.
    with tempfile.TemporaryFile("w+") as file:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, **more)
        file.seek(0)
        said = file.read()
    if done.returncode != 0:
        end = "\n".join(said.splitlines()[-30:])
        raise Failed(f"{problem} (`{' '.join(map(str, command))}` ended with {done.returncode}):\n{end}")
    return said


def install(tools):
    """Installs the packages whose programs are missing; `tools` are pairs of program and package."""
    missing = sorted({package for program, package in tools if not (shutil.which(program) or Path(program).exists())})
    if not missing:
        return
    words = " ".join(missing)
    if not shutil.which("apt-get"):
        raise Failed(f"this needs the Debian packages {words}, and there is no apt-get to install them")
    if os.geteuid() != 0:
        raise Failed(f"{words} is missing, and only root may install packages: sudo apt-get install {words}")
    print(f"Installing {words}.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-qq"], "cannot update the package lists")
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    run(command, f"cannot install {words}", env=environment)


def toolchain():
    """The folder of the unpacked compiler."""
    folder = WORK / "rust"
    if not (folder / "complete").exists():
        fetch(folder)
    return folder


def fetch(folder):
    for program in ("apt-get", "dpkg"):
        if not shutil.which(program):
            raise Failed(f"the compiler comes from Debian's package {COMPILER}, and {program} is not installed")
    print(f"Fetching {COMPILER} and what it needs into {folder}.", flush=True)
    packages = WORK / "packages"
    for stale in (folder, packages):
        shutil.rmtree(stale, ignore_errors=True)
        stale.mkdir(parents=True)
    run(["apt-get", "download", *wanted()], "cannot download the compiler from Debian", cwd=packages)
    for package in sorted(packages.glob("*.deb")):
        run(["dpkg", "-x", package, folder], f"cannot unpack {package.name}")
    shutil.rmtree(packages)
    if not (folder / "usr/lib/rustlib/src/rust/library/std/Cargo.toml").exists():
        raise Failed(f"{SOURCE} does not have the source of the standard library at the expected path")
    (folder / "complete").touch()


def wanted():
    """The packages of the compiler and its libraries, whose names contain versions."""
    names, looked = {COMPILER, SOURCE}, set()
    while names - looked:
        name = (names - looked).pop()
        looked.add(name)
        told = run(["apt-cache", "depends", name], f"apt does not know {name}: run apt-get update")
        names |= set(re.findall(r"^ +Depends: (libstd-rust-web\S*|libllvm\S*)$", told, re.MULTILINE))
    return sorted(names)


def cargo(toolchain, action, package, target, environment=None):
    """Builds or checks a package for a platform with cargo, and returns the output folder."""
    libraries = toolchain / "usr/lib"
    build = WORK / "build"
    variables = os.environ | {
        "CARGO_TARGET_DIR": str(build),
        "LD_LIBRARY_PATH": f"{libraries / 'x86_64-linux-gnu'}:{libraries}",
        "RUSTC": str(toolchain / "usr/bin/rustc"),
        # Lets the stable compiler build a standard library.
        "RUSTC_BOOTSTRAP": "1",
    }
    variables |= environment or {}
    command = ["cargo", *action, "--locked", *BUILD_STD, "--target", target, "-p", package]
    print(f"{' '.join(action)} of {package} for {target} …", flush=True)
    run(command, f"cannot build {package} for {target}", cwd=ROOT, env=variables)
    return build / target / "release"
