"""One-node Ceph with its S3 gateway (RGW): one monitor, one OSD in memory, one gateway, all on loopback."""

import time
import uuid
from typing import Final

from tests.support.servers.processes import Processes, ServerStartError, find_program, free_ports

REMEDY: Final = "as root: make ceph"
PROGRAMS: Final = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool")

CONFIGURATION: Final = """\
[global]
fsid = {fsid}
mon host = v2:{monitor}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
run dir = {folder}
log file = {folder}/$name.ceph.log
admin socket = {folder}/$name.asok
pid file =
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data = {folder}/mon
mon data avail warn = 1
mon data avail crit = 1
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 8589934592
ms bind ipv6 = false
[client.rgw]
# Without keys there is nothing to encrypt with; the gateway's default is `secure` alone.
ms mon client mode = crc secure
rgw frontends = beast endpoint={gateway}
rgw thread pool size = 64
rgw dns name = localhost
# Space of deleted objects comes back in seconds instead of hours: the store is memory.
rgw gc obj min wait = 1
rgw gc processor period = 5
debug rgw = 0
"""


def start(processes: Processes, access_key: str, secret_key: str) -> str:
    """Start the cluster and the gateway with one S3 user; return the gateway's endpoint."""
    programs = {name: find_program(name, REMEDY) for name in PROGRAMS}
    folder = processes.folder
    gateway, monitor = (f"127.0.0.1:{port}" for port in free_ports(2))
    fsid = str(uuid.uuid4())
    (folder / "ceph.conf").write_text(CONFIGURATION.format(fsid=fsid, folder=folder, gateway=gateway, monitor=monitor))
    for name in ("mon", "osd"):
        (folder / name).mkdir()

    def run(name: str, *arguments: str) -> str:
        return processes.run([programs[name], *arguments], env)

    env = {"CEPH_CONF": str(folder / "ceph.conf")}
    run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:{monitor}]", "monmap")
    run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap")
    processes.start("ceph-mon", [programs["ceph-mon"], "-f", "-i", "a"], env)
    osd = str(uuid.uuid4())
    run("ceph", "osd", "new", osd)
    run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
    processes.start("ceph-osd", [programs["ceph-osd"], "-f", "-i", "0"], env)
    deadline = time.monotonic() + 60
    while "1 up" not in run("ceph", "osd", "stat"):
        processes.check_alive()
        if time.monotonic() > deadline:
            raise ServerStartError(f"ceph-osd is not up after 60 s: {processes.log_tail('ceph-osd')}")
        time.sleep(0.2)
    keys = (f"--access-key={access_key}", f"--secret-key={secret_key}")
    run("radosgw-admin", "user", "create", "--uid=test", "--display-name=test", *keys)
    processes.start("radosgw", [programs["radosgw"], "-f", "-n", "client.rgw"], env)
    return f"http://{gateway}"
