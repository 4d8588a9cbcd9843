#!/usr/bin/env bash
# base_image.sh PYTHON OUT.tar   make a root file system like Lambda's Python image from an interpreter of this machine.
#
# PYTHON has the runtime interface client and the SDK installed, as the managed runtime brings them (.venv-runtime).
# Needs Debian's busybox-static. For tests without a registry; it stands for public.ecr.aws/lambda/python.
set -euo pipefail
python=$1 out=$2
read -r version prefix executable packages <<<"$("$python" -c '
import os, sys, sysconfig
print("%d.%d" % sys.version_info[:2], sys.base_prefix, os.path.realpath(sys.executable), sysconfig.get_path("purelib"))')"
root=$(mktemp -d /tmp/lambda-root.XXXXXX)
trap 'rm -rf "$root"' EXIT
libraries=$root/lib/x86_64-linux-gnu language=$root/var/lang/lib/python$version

mkdir -p "$root"/{bin,usr,etc/ssl/certs,tmp,opt,dev,proc,sys,lib64,var/{task,runtime,rapid,lang/bin}} "$libraries" "$language"
ln -s ../bin "$root/usr/bin"
ln -s ../lib "$root/usr/lib"
ln -s ../lib64 "$root/usr/lib64"
chmod 1777 "$root/tmp"
cp /usr/bin/busybox "$root/bin/"
for applet in $(busybox --list); do ln -s busybox "$root/bin/$applet" 2>/dev/null || true; done

cp "$executable" "$root/var/lang/bin/python$version"
ln -s "python$version" "$root/var/lang/bin/python3"
tar -C "$prefix/lib/python$version" --exclude={test,tests,idlelib,turtledemo,ensurepip,site-packages,dist-packages,__pycache__} \
  --exclude='config-*' --exclude='*.a' -cf - . | tar -C "$language" -xf -
mkdir -p "$language/site-packages"
tar -C "$packages" --exclude={pip,__pycache__} -cf - . | tar -C "$root/var/runtime" -xf -

# What the interpreter, its modules and native wheels are linked to, and what the resolver loads by name.
{ ldd "$executable" "$language"/lib-dynload/*.so 2>/dev/null || true
  ldconfig -p | grep -E 'libc6,x86-64.*/lib(stdc\+\+|gcc_s|rt|pthread|dl|util|resolv|nss_dns|nss_files)\.so\.'; } |
  sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | sort -u | while read -r library; do cp -L "$library" "$libraries/"; done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/lib64/"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/" 2>/dev/null || true
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
cat >"$root/var/runtime/bootstrap" <<BOOTSTRAP
#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_python$version TZ=:UTC LD_LIBRARY_PATH=/var/lang/lib:/var/task/lib:/opt/lib
export PYTHONPATH=/var/task:/opt/python:/var/runtime
exec /var/lang/bin/python$version -m awslambdaric "\$_HANDLER"
BOOTSTRAP
chmod +x "$root/var/runtime/bootstrap"
tar -C "$root" --numeric-owner -cf "$out" .
