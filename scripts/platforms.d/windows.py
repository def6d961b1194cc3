"""Windows: agent and server are built with mingw and tested under Wine."""

import os
import shutil
import subprocess
from pathlib import Path

import answers
import debian
from answers import must
from debian import ROOT, WORK
from report import Failed
from running import Running

PLATFORM, TARGET = "Windows x86_64", "x86_64-pc-windows-gnu"
GCC = "x86_64-w64-mingw32-gcc"
WINESERVER = "/usr/lib/wine/wineserver"
TOOLS = [(GCC, "gcc-mingw-w64-x86-64-win32"), ("wine", "wine"), ("/usr/lib/wine/wine64", "wine64")]
LINKER = {
    "CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER": GCC,
    "CC_x86_64_pc_windows_gnu": GCC,
}
SOURCES = Path(__file__).resolve().parent
# Stubs for libraries that Wine 8 lacks in whole or in part; each explains itself in its source.
STUBS = {"bcryptprimitives": ["-ladvapi32"], "pdh": []}
STUB_CPU_PERCENT = 12.5
# Wine 8 does not report the type of a volume, so sysinfo leaves it out. A stub cannot help here.
WITHOUT = ["disk"]
NOTES = [
    "Wine lacks bcryptprimitives.dll and a part of pdh.dll. This test puts stubs next to the programs; the agent's CPU "
    f"use was the constant {STUB_CPU_PERCENT} % of the second one.",
    "Wine does not report the type of a volume, so the agent's answer had no disks.",
    "Wine maps access lists to file modes and adds those of the folder. The token was in a folder of mode 0700, and no "
    "other user could read it.",
]
FLASK = ROOT / "crates/store/tests/fixtures/flask.db"


def run(toolchain, report):
    folder = WORK / "wine"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    agent = debian.cargo(toolchain, ["build", "--release"], "muster-agent", TARGET, LINKER) / "muster-agent.exe"
    report.row(PLATFORM, "muster-agent", "built", agent)
    with Wine(folder) as wine:
        try_agent(wine, agent)
        report.notes += NOTES
        report.row(PLATFORM, "muster-agent", "run under Wine", agent)
        server = debian.cargo(toolchain, ["build", "--release"], "muster", TARGET, LINKER) / "muster.exe"
        report.row(PLATFORM, "muster", "built", server)
        try_server(wine, server)
        report.row(PLATFORM, "muster", "run under Wine, with its agent", server)


class Wine:
    """Wine in its own folder, with the programs and the stubs."""

    def __init__(self, folder):
        self.folder, self.programs = folder, folder / "programs"
        self.environment = {
            "WINEPREFIX": str(folder / "prefix"),
            "WINEDEBUG": "-all",
            # Use the stubs next to the program; no browser, no .NET and no menu entries.
            "WINEDLLOVERRIDES": "bcryptprimitives,pdh=n;mscoree,mshtml,winemenubuilder.exe=",
            "HOME": str(folder),
        }

    def __enter__(self):
        self.programs.mkdir()
        for name, libraries in STUBS.items():
            command = [GCC, "-shared", "-O2", "-o", self.programs / f"{name}.dll", SOURCES / f"{name}.c", *libraries]
            debian.run(command, f"cannot compile the stub for {name}.dll")
        try:
            self.call(["wine", "wineboot", "--init"], "Wine cannot create its folder")
        except Failed:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        # Ends the processes of this prefix only. Fails if they have all ended already.
        subprocess.run([WINESERVER, "-k"], env=os.environ | self.environment, check=False)

    def call(self, command, problem):
        return debian.run(command, problem, cwd=self.folder, env=os.environ | self.environment, timeout=300)

    def command(self, program, *words):
        """Copies a program next to the stubs, and returns the command that starts it."""
        shutil.copy(program, self.programs)
        return ["wine", self.programs / program.name, *words]

    def start(self, folder, program, *words):
        (self.folder / folder).mkdir(mode=0o700, exist_ok=True)
        return Running(self.command(program, *words), self.folder / folder, self.environment)


def try_agent(wine, agent):
    with wine.start("agent", agent, "--listen", "127.0.0.1:0") as running:
        info = answers.check_agent(running, "Windows", WITHOUT)
        token = running.line("Token: ")
    must(info["cpu_percent"] == STUB_CPU_PERCENT, f"its CPU use is {info['cpu_percent']} %")
    names = [process["name"] for process in info["top_processes"]]
    must(agent.name in names, f"it does not list itself among the processes {names}")
    with wine.start("agent", agent, "token") as running:
        running.line(token)
    refuses(wine, agent, "install")


def refuses(wine, agent, word):
    """Checks that a command for Linux only says so."""
    with wine.start("agent", agent, word) as running:
        running.process.wait(timeout=60)
        must(running.process.returncode != 0, f"{word} did not fail")
        must("Linux with systemd" in running.output(), f"{word} printed: {running.output()}")


def try_server(wine, server):
    # The server migrates a database of the Flask server in place, and quickstart finds both programs.
    folder = wine.folder / "server"
    folder.mkdir()
    shutil.copy(FLASK, folder / "stats.db")
    with wine.start("server", server, "quickstart", "--listen", "127.0.0.1:0", "--interval", "1") as running:
        answers.check_server(running, samples=3)
    must((folder / "stats.db.before-muster").exists(), "the database of the Flask server was not kept")
    wine.call(wine.command(server, "--database", "server/stats.db", "verify"), "the server left a damaged database")
