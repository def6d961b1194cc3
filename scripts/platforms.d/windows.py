"""Windows: agent and server are built with mingw, and answer under Wine."""

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
# Libraries that Wine 8 lacks, or lacks a part of; each says in its source what it stands in for.
STAND_INS = {"bcryptprimitives": ["-ladvapi32"], "pdh": []}
STAND_IN_PERCENT = 12.5
# Wine 8 does not say of what type a volume is, and sysinfo then leaves it out. Nothing can be laid beside for that.
WITHOUT = ["disk"]
NOTES = [
    "Wine lacks bcryptprimitives.dll and a part of pdh.dll: stand-ins lay beside the programs, for this test alone; "
    f"the agent's CPU use was the {STAND_IN_PERCENT} % that the second one says.",
    "Wine tells no type of a volume, so that the agent's answer had no disks there.",
    "Wine turns access lists into modes, with those of the folder added: the token lay in a folder of mode 0700, and "
    "no stranger could read it.",
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
    """Wine in a folder of its own, with the programs and the stand-ins."""

    def __init__(self, folder):
        self.folder, self.programs = folder, folder / "programs"
        self.environment = {
            "WINEPREFIX": str(folder / "prefix"),
            "WINEDEBUG": "-all",
            # What is laid beside a program counts; no browser, no .NET and no entries in menus are wanted.
            "WINEDLLOVERRIDES": "bcryptprimitives,pdh=n;mscoree,mshtml,winemenubuilder.exe=",
            "HOME": str(folder),
        }

    def __enter__(self):
        self.programs.mkdir()
        for name, libraries in STAND_INS.items():
            command = [GCC, "-shared", "-O2", "-o", self.programs / f"{name}.dll", SOURCES / f"{name}.c", *libraries]
            debian.run(command, f"the stand-in for {name}.dll cannot be compiled")
        try:
            self.call(["wine", "wineboot", "--init"], "Wine cannot make its folder")
        except Failed:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        # Those of this prefix alone. It fails where they have all ended by themselves.
        subprocess.run([WINESERVER, "-k"], env=os.environ | self.environment, check=False)

    def call(self, command, problem):
        return debian.run(command, problem, cwd=self.folder, env=os.environ | self.environment, timeout=300)

    def command(self, program, *words):
        """How to start a program, laid beside the stand-ins."""
        shutil.copy(program, self.programs)
        return ["wine", self.programs / program.name, *words]

    def start(self, folder, program, *words):
        (self.folder / folder).mkdir(mode=0o700, exist_ok=True)
        return Running(self.command(program, *words), self.folder / folder, self.environment)


def try_agent(wine, agent):
    with wine.start("agent", agent, "--listen", "127.0.0.1:0") as running:
        info = answers.check_agent(running, "Windows", WITHOUT)
        token = running.line("Token: ")
    must(info["cpu_percent"] == STAND_IN_PERCENT, f"its CPU use is {info['cpu_percent']} %")
    names = [process["name"] for process in info["top_processes"]]
    must(agent.name in names, f"it does not see itself among the processes {names}")
    with wine.start("agent", agent, "token") as running:
        running.line(token)
    refuses(wine, agent, "install")


def refuses(wine, agent, word):
    """What is for Linux alone must say so."""
    with wine.start("agent", agent, word) as running:
        running.process.wait(timeout=60)
        must(running.process.returncode != 0, f"{word} did not fail")
        must("Linux with systemd" in running.said(), f"{word} said: {running.said()}")


def try_server(wine, server):
    # A database of the Flask server is taken over where it lies, and both programs are there for quickstart.
    folder = wine.folder / "server"
    folder.mkdir()
    shutil.copy(FLASK, folder / "stats.db")
    with wine.start("server", server, "quickstart", "--listen", "127.0.0.1:0", "--interval", "1") as running:
        answers.check_server(running, samples=3)
    must((folder / "stats.db.before-muster").exists(), "the Flask server's database was not kept beside the new one")
    wine.call(wine.command(server, "--database", "server/stats.db", "verify"), "what the server left is damaged")
