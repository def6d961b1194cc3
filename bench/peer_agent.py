"""A peer for the benchmark: an agent in a few lines of FastAPI and psutil, with or without the top 20 processes. It has
the shape of the client that Muster replaces, and is no slower than necessary: one process, one reading per answer, no
background work."""

import socket

import psutil
import uvicorn
from fastapi import FastAPI

app = FastAPI()
ATTRIBUTES = ["pid", "name", "cpu_percent", "memory_percent", "create_time"]


def top_processes():
    found = [process.info for process in psutil.process_iter(ATTRIBUTES)]
    found.sort(key=lambda process: process["cpu_percent"] or 0, reverse=True)
    return found[:20]


@app.get("/systeminfo")
def systeminfo(processes: int = 1):
    disk = psutil.disk_usage("/")
    answer = {
        "cpu_percent": psutil.cpu_percent(),
        "memory": psutil.virtual_memory()._asdict(),
        "disk": {"total": disk.total, "used": disk.used, "free": disk.free, "percent": disk.percent},
        "network": psutil.net_io_counters()._asdict(),
        "load": psutil.getloadavg(),
        "boot_time": psutil.boot_time(),
        "hostname": socket.gethostname(),
        "system": "Linux",
    }
    if processes:
        answer["top_processes"] = top_processes()
    return answer


# Port 0 selects a free port; uvicorn prints it.
uvicorn.run(app, host="127.0.0.1", port=0, access_log=False)
