"""Checks the answers of an agent and a server on any platform."""

import hashlib
import http.client
import json
import socket
import ssl
import stat
import time
from urllib.parse import parse_qs, urlsplit

from report import Failed

# The keys that the FastAPI client sent and every system provides.
KEYS = {
    "": {"cpu_percent", "memory", "disk", "network", "network_usage", "top_processes", "hostname", "system"},
    "memory": {"total", "available", "percent", "used", "free"},
    "disk": {"total", "used", "free", "percent"},
    "network": {
        *("bytes_sent", "bytes_recv", "packets_sent", "packets_recv"),
        *("errin", "errout", "dropin", "dropout"),
    },
    "network_usage": {"bytes_sent_per_sec", "bytes_recv_per_sec"},
}
PROCESS = {"pid", "name", "cpu_percent", "memory_percent", "create_time"}


def must(condition, message):
    if not condition:
        raise Failed(message)


def get(port, path, token=None, certificate=None):
    """Status and JSON of an answer. With the SHA-256 of a certificate, uses TLS and checks the certificate."""
    if certificate:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context)
        connection.connect()
        shown = hashlib.sha256(connection.sock.getpeercert(True)).hexdigest()
        must(shown == certificate, f"the agent printed the certificate {certificate} but uses {shown}")
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body)


def check_agent(agent, system, without=()):
    """Checks a running agent, except for the parts that its emulator cannot provide. Returns its answer."""
    hostname = agent.line("Computer: ")
    token = agent.line("Token: ")
    line = urlsplit(agent.line("muster:"))
    port, certificate = line.port, parse_qs(line.query)["sha256"][0]
    status, _ = get(port, "/systeminfo", "a-wrong-token")
    must(status == 401, f"a wrong token got {status} instead of 401")
    status, _ = get(port, "/systeminfo")
    must(status == 401, f"no token got {status} instead of 401")
    info = reading(port, token, without)
    check_keys(info, without)
    check_values(info, system, hostname)
    status, short = get(port, "/systeminfo?processes=0", token, certificate)
    must(status == 200 and "top_processes" not in short, "?processes=0 over TLS did not leave out the processes")
    # On Windows administrators have access too; Wine shows them as the group.
    others = 0o007 if system == "Windows" else 0o077
    for name in ("client_token.txt", "client_tls.pem"):
        mode = stat.S_IMODE((agent.folder / name).stat().st_mode)
        must(mode & others == 0, f"other users may read {name}: its mode is {mode:04o}")
    kept = (agent.folder / "client_token.txt").read_text().strip()
    must(kept == token, "the token file does not contain the printed token")
    return info


def reading(port, token, without):
    """An answer with disk and CPU use, which the first answers may lack."""
    wanted = {"disk", "cpu_percent"} - set(without)
    for _ in range(20):
        time.sleep(1.2)
        status, info = get(port, "/systeminfo", token)
        must(status == 200, f"/systeminfo with the token got {status}: {info}")
        if wanted <= set(info):
            return info
    raise Failed(f"/systeminfo lacks {', '.join(sorted(wanted - set(info)))}: {info}")


def check_keys(info, without):
    for part, keys in KEYS.items():
        if part in without:
            continue
        lacking = keys - set(without) - set(info[part] if part else info)
        must(not lacking, f"/systeminfo lacks {', '.join(sorted(lacking))} in {part or 'itself'}")
    must(info["top_processes"], "/systeminfo has no process")
    for process in info["top_processes"]:
        must(set(process) == PROCESS, f"a process has the keys {sorted(process)}")


def check_values(info, system, hostname):
    must(info["system"] == system, f"its system is {info['system']} instead of {system}")
    must(info["hostname"] == hostname, f"its name is {info['hostname']}, but it printed {hostname}")
    ours = socket.gethostname().lower()
    must(hostname.lower() == ours, f"its name is {hostname}, but this computer is {ours}")
    memory, there = info["memory"], memory_bytes()
    must(abs(memory["total"] - there) <= there / 100, f"its memory is {memory['total']} bytes, but this computer has {there}")
    must(0 < memory["used"] < memory["total"], f"it uses {memory['used']} of {memory['total']} bytes of memory")
    must(info.get("disk") is None or info["disk"]["total"] > 0, "its disk has no size")
    must(0 <= info["cpu_percent"] <= 100, f"its CPU use is {info['cpu_percent']} %")
    must(info["series"].get("uptime.seconds", 0) > 0, "its uptime is 0")


def memory_bytes():
    """The memory of this computer, which is also the emulator's."""
    with open("/proc/meminfo") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:"))


def check_server(server, samples):
    """Waits until a running server is ready and has stored so many samples."""
    port = urlsplit(server.line("Dashboard: ")).port
    until = time.monotonic() + 60
    while True:
        status, health = get(port, "/healthz")
        if status == 200 or time.monotonic() > until:
            break
        time.sleep(0.5)
    must(status == 200 and health["status"] == "ready", f"/healthz got {status}: {health}")
    while stored(port) < samples:
        must(time.monotonic() < until, f"the server stored {stored(port)} of {samples} samples within a minute")
        time.sleep(0.5)


def stored(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    name = "muster_samples_stored_total "
    return next(int(line.removeprefix(name)) for line in text.splitlines() if line.startswith(name))
