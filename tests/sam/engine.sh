#!/usr/bin/env bash
# engine.sh COMMAND...   run COMMAND with a Docker engine: the one that answers, else a throw-away one.
#
# The throw-away engine has mount, network, process and cgroup namespaces of its own. Its network is the loopback
# interface and docker0, so nothing of it is reached from outside, and nothing of it outlives COMMAND.
# Needs root and Debian's docker.io, containerd, runc, iptables and iproute2. Exit status 97: no engine can be had.
set -euo pipefail

if [ -z "${ENGINE_HOME:-}" ]; then
  if docker version >/dev/null 2>&1; then exec "$@"; fi
  [ "$(id -u)" = 0 ] || { echo "no Docker engine answers, and only root can start one" >&2; exit 97; }
  for tool in dockerd containerd runc iptables ip; do
    command -v $tool >/dev/null || { echo "no Docker engine answers, and $tool is not installed" >&2; exit 97; }
  done
  ENGINE_HOME=$(mktemp -d /tmp/engine.XXXXXX)
  export ENGINE_HOME
  sweep() { # also the groups that the containers were in
    rm -rf "$ENGINE_HOME"
    while IFS=: read -r _ controllers path; do
      group=/sys/fs/cgroup/${controllers#name=}${path%/}/docker
      if [ -n "$controllers" ] && [ -d "$group" ]; then find "$group" -depth -type d -exec rmdir {} \; ; fi
    done </proc/self/cgroup
  }
  trap 'status=$?; set +e; sweep 2>/dev/null; exit $status' EXIT
  unshare --mount --net --pid --cgroup --fork --kill-child --mount-proc --propagation private bash "$0" "$@" <&0 &
  child=$!
  trap 'kill -9 $child' INT TERM HUP
  wait $child
  exit
fi

ip link set lo up
if [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then # the older hierarchy: a view that begins at our own group
  umount -R /sys/fs/cgroup
  mount -t tmpfs -o mode=755 cgroup_root /sys/fs/cgroup
  for controller in cpuset cpu cpuacct blkio memory devices freezer pids; do
    mkdir /sys/fs/cgroup/$controller
    mount -t cgroup -o $controller cgroup /sys/fs/cgroup/$controller || rmdir /sys/fs/cgroup/$controller
  done
fi
export DOCKER_HOST=unix://$ENGINE_HOME/docker.sock
dockerd -H "$DOCKER_HOST" --data-root "$ENGINE_HOME/root" --exec-root "$ENGINE_HOME/exec" \
  --pidfile "$ENGINE_HOME/pid" --storage-driver overlay2 --bip 172.17.0.1/16 >"$ENGINE_HOME/log" 2>&1 &
engine=$!
for _ in $(seq 150); do
  if docker version >/dev/null 2>&1; then break; fi
  kill -0 $engine 2>/dev/null || { echo "dockerd did not start:" >&2; tail -5 "$ENGINE_HOME/log" >&2; exit 97; }
  sleep 0.1
done
status=0
"$@" || status=$?
kill $engine
wait $engine || true
exit $status
