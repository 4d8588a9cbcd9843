"""One-node OpenStack Swift with its S3 layer (s3api): memcached, three storage servers and the proxy, on loopback."""

from typing import Final

from tests.support.servers.processes import Processes, find_program, free_ports

REMEDY: Final = "as root: apt-get install swift-proxy swift-account swift-container swift-object memcached"
STORAGE: Final = ("account", "container", "object")

SWIFT: Final = """\
[swift-hash]
swift_hash_path_suffix = a
swift_hash_path_prefix = b
[swift-constraints]
"""
STORAGE_SERVER: Final = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = root
swift_dir = {folder}
devices = {folder}/node
mount_check = false
workers = 1
disable_fallocate = true
log_level = WARNING
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
allow_versions = true
[{name}-replicator]
[{name}-updater]
[{name}-auditor]
"""
FILTERS: Final = (
    "catch_errors", "proxy-logging", "cache", "listing_formats", "bulk", "s3api", "tempauth", "copy",
    "container-quotas", "slo", "dlo", "versioned_writes", "symlink", "proxy-logging",
)  # fmt: skip
FILTER_OPTIONS: Final = {
    "s3api": {
        "allow_no_owner": "true",
        "s3_acl": "true",
        "dns_compliant_bucket_names": "yes",
        "location": "us-east-1",
        "check_bucket_owner": "false",
        "max_bucket_listing": "1000",
    },
    "tempauth": {"user_test_tester": "testing .admin .reseller_admin"},
    "proxy-logging": {"access_log_level": "WARNING"},
    "versioned_writes": {"allow_versioned_writes": "true", "allow_object_versioning": "true"},
}
PROXY_SERVER: Final = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = root
swift_dir = {folder}
workers = 1
log_level = WARNING
[pipeline:main]
pipeline = {pipeline} proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
"""


def start(processes: Processes) -> str:
    """Start all servers with the user test:tester (password testing); return the S3 endpoint."""
    folder = processes.folder
    programs = {
        name: find_program(name, REMEDY)
        for name in ("memcached", "swift-ring-builder", *(f"swift-{kind}-server" for kind in (*STORAGE, "proxy")))
    }
    memcached, proxy, *ports = free_ports(2 + len(STORAGE))
    (folder / "node/sdb1").mkdir(parents=True)
    (folder / "swift.conf").write_text(SWIFT)
    (folder / "proxy-server.conf").write_text(_proxy_configuration(str(folder), proxy, memcached))
    for name, port in zip(STORAGE, ports, strict=True):
        builder = f"{name}.builder"
        for step in (("create", "4", "1", "1"), ("add", f"r1z1-127.0.0.1:{port}/sdb1", "1"), ("rebalance",)):
            processes.run([programs["swift-ring-builder"], builder, *step])
        (folder / f"{name}-server.conf").write_text(STORAGE_SERVER.format(name=name, port=port, folder=folder))
    processes.start("memcached", [programs["memcached"], "-u", "root", "-l", "127.0.0.1", "-p", str(memcached)])
    # Debian's Swift belongs to Debian's interpreter, whatever python3 is first on PATH.
    for name in (*STORAGE, "proxy"):
        script, configuration = programs[f"swift-{name}-server"], f"{name}-server.conf"
        env = {"PYTHONWARNINGS": "ignore"}
        processes.start(f"swift-{name}", ["/usr/bin/python3", script, configuration], env)
    return f"http://127.0.0.1:{proxy}"


def _proxy_configuration(folder: str, port: int, memcached: int) -> str:
    options = {**FILTER_OPTIONS, "cache": {"use": "egg:swift#memcache", "memcache_servers": f"127.0.0.1:{memcached}"}}
    sections = [PROXY_SERVER.format(port=port, folder=folder, pipeline=" ".join(FILTERS))]
    for name in dict.fromkeys(FILTERS):
        values = {"use": f"egg:swift#{name.replace('-', '_')}", **options.get(name, {})}
        sections += [f"[filter:{name}]", *(f"{key} = {value}" for key, value in values.items())]
    return "\n".join(sections) + "\n"
