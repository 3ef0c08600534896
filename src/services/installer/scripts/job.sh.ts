import { ENV } from '../../../core/product.js';
import { INSTALL_FUNCTIONS } from './job-install.sh.js';
import {
  NODE_FUNCTIONS,
  NODE_RELEASE,
  type NodeRelease,
  WAIT_FUNCTIONS,
} from './job-prepare.sh.js';

/**
 * job.sh: makes the server ready and runs the installer. Its output is the log, in the installer's own form:
 * JSON events, a line each, and whatever the programs print. Its exit code ends up in the file exit.
 */
export function jobScript(release: NodeRelease = NODE_RELEASE): string {
  return [
    HEAD,
    pinned(release),
    WAIT_FUNCTIONS,
    SWAP_FUNCTIONS,
    NODE_FUNCTIONS,
    INSTALL_FUNCTIONS,
    END,
  ].join('\n');
}

const HEAD = String.raw`#!/bin/sh
{ # Read to the end before anything is done: half a script does nothing.
ROOT=$${ENV.root}
DIR=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# Whoever came second finds the work done.
if [ -e "$DIR/exit" ]; then exit 0; fi
. "$DIR/settings"

if [ -z "$ROOT" ]; then PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; fi
HOME=$ROOT/root
DEBIAN_FRONTEND=noninteractive
NEEDRESTART_MODE=a
LC_ALL=C.UTF-8
npm_config_update_notifier=false
npm_config_fund=false
npm_config_audit=false
npm_config_progress=false
export PATH HOME DEBIAN_FRONTEND NEEDRESTART_MODE LC_ALL \
  npm_config_update_notifier npm_config_fund npm_config_audit npm_config_progress
umask 022
cd /

step() { printf '{"event":"step","step":"%s","status":"%s"}\n' "$1" "$2"; }

# fail CODE MESSAGE
fail() {
  message=$(printf '%s' "$2" | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g')
  printf '{"event":"error","message":"%s","code":"%s"}\n' "$message" "$1"
  exit 1
}
`;

function pinned(release: NodeRelease): string {
  return [
    `NODE_VERSION=${release.version}`,
    `NODE_SHA256_X64=${release.sha256.x64}`,
    `NODE_SHA256_ARM64=${release.sha256.arm64}`,
    '',
  ].join('\n');
}

const SWAP_FUNCTIONS = String.raw`
# npm alone is killed for memory on the smallest droplets, before the installer makes its own swap.
make_swap() {
  memory_kb=$(awk '$1 == "MemTotal:" { print $2 }' "$ROOT/proc/meminfo")
  swaps=$(grep -c '^/' "$ROOT/proc/swaps")
  if [ "$memory_kb" -ge 1048576 ] || [ "$swaps" -gt 0 ]; then step make_swap skipped; return; fi
  step make_swap running
  if swap_file; then
    step make_swap complete
  else
    echo 'The swap file could not be made; going on without it.'
    step make_swap failed
  fi
}

# The same file, and the same line in fstab, that the installer would make.
swap_file() {
  file=$ROOT/swapfile
  rm -f "$file"
  (
    umask 077
    fallocate -l 1G "$file" || dd if=/dev/zero of="$file" bs=1M count=1024
  ) && mkswap "$file" && swapon "$file" || { rm -f "$file"; return 1; }
  grep -q '^/swapfile[[:space:]]' "$ROOT/etc/fstab" ||
    echo '/swapfile none swap sw 0 0' >> "$ROOT/etc/fstab"
}
`;

const END = String.raw`
(
  wait_cloud_init
  wait_apt
  make_swap
  prepare_node
  install_portlama
) < /dev/null >> "$DIR/log" 2>&1
code=$?
rm -f "$ROOT$LOCK_TIMEOUT_FILE"
echo "$code" > "$DIR/exit.new"
mv "$DIR/exit.new" "$DIR/exit"
exit "$code"
}
`;
