import { APT_LOCK_TIMEOUT_FILE } from '../../../core/product.js';

/** The part of job.sh that waits for others on a server's first boot. */
export const WAIT_FUNCTIONS = String.raw`
CLOUD_INIT_LIMIT_S=600
APT_LIMIT_S=600
APT_LOCKS='/var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock'
LOCK_TIMEOUT_FILE=${APT_LOCK_TIMEOUT_FILE}

wait_cloud_init() {
  if ! command -v cloud-init > /dev/null; then step wait_cloud_init skipped; return; fi
  step wait_cloud_init running
  timeout "$CLOUD_INIT_LIMIT_S" cloud-init status --wait > /dev/null 2>&1
  case $? in
    # 2: it had errors that it recovered from.
    0 | 2) ;;
    124) echo "cloud-init is still busy after $CLOUD_INIT_LIMIT_S s; going on." ;;
    *) echo 'cloud-init reports errors; going on. On the server, cloud-init status --long says more.' ;;
  esac
  step wait_cloud_init complete
}

wait_apt() {
  if [ ! -d "$ROOT/var/lib/dpkg" ]; then step wait_apt skipped; return; fi
  step wait_apt running
  # The automatic updates of a first boot may come back at any time: apt waits for them from here on.
  if [ -d "$ROOT/etc/apt/apt.conf.d" ]; then
    echo "DPkg::Lock::Timeout \"$APT_LIMIT_S\";" > "$ROOT$LOCK_TIMEOUT_FILE"
  fi
  waited=0
  while find_apt_lock; do
    if [ "$waited" -ge "$APT_LIMIT_S" ]; then
      step wait_apt failed
      fail apt-locked "After $APT_LIMIT_S s $holder still holds $locked."
    fi
    if [ $((waited % 15)) = 0 ]; then echo "Waiting for $holder, which holds $locked."; fi
    sleep 1
    waited=$((waited + 1))
  done
  step wait_apt complete
}

# Sets locked and holder when another process holds one of the locks. Lines of /proc/locks end in:
# process id, device and inode, first byte, last byte.
find_apt_lock() {
  for locked in $APT_LOCKS; do
    inode=$(stat -c %i "$ROOT$locked" 2> /dev/null) || continue
    for pid in $(awk -v inode="$inode" \
      '$2 != "->" { n = split($(NF - 2), id, ":"); if (id[n] == inode) print $(NF - 3) }' \
      "$ROOT/proc/locks"); do
      # Another file system may have the same inode number.
      for open in "$ROOT/proc/$pid/fd"/*; do
        if [ "$(readlink "$open")" = "$ROOT$locked" ]; then
          holder="$(cat "$ROOT/proc/$pid/comm") (process $pid)"
          return 0
        fi
      done
    done
  done
  return 1
}
`;

/** A Node.js release for Linux, by the official checksums of its .tar.gz files. */
export interface NodeRelease {
  readonly version: string;
  readonly sha256: { readonly x64: string; readonly arm64: string };
}

/**
 * Node.js release installed on a server without one: Node 22 (maintained until April 2027).
 * Checksums from https://nodejs.org/dist/v22.22.2/SHASUMS256.txt, compared with three public tables
 * of them.
 */
export const NODE_RELEASE: NodeRelease = {
  version: '22.22.2',
  sha256: {
    x64: '978978a635eef872fa68beae09f0aad0bbbae6757e444da80b570964a97e62a3',
    arm64: 'b2f3a96f31486bfc365192ad65ced14833ad2a3c2e1bcefec4846902f264fa28',
  },
};

/**
 * Part of job.sh that provides Node.js: the installed one, else the official archive, else
 * NodeSource. An archive that does not match the pinned checksum ends the job: nothing else may run
 * after a download that may have been tampered with.
 */
export const NODE_FUNCTIONS = String.raw`
NODE_MAJOR_MIN=20

prepare_node() {
  if node_ready; then link_node; step prepare_node skipped; return; fi
  step prepare_node running
  node_from_archive || node_from_nodesource
  if ! node_ready; then
    step prepare_node failed
    fail node-download-failed "Node.js $NODE_MAJOR_MIN or newer could not be installed."
  fi
  link_node
  step prepare_node complete
}

node_ready() {
  major=$(node --version 2> /dev/null | sed -n 's/^v\([0-9][0-9]*\)\..*/\1/p')
  [ -n "$major" ] && [ "$major" -ge "$NODE_MAJOR_MIN" ] &&
    npm --version > /dev/null 2>&1 && command -v npx > /dev/null
}

# Portlama's services call /usr/bin/node.
link_node() {
  for program in node npm npx; do
    [ -e "$ROOT/usr/bin/$program" ] ||
      ln -s "$(command -v "$program")" "$ROOT/usr/bin/$program"
  done
}

node_from_archive() {
  # A program of the distribution's is replaced by its package manager only.
  if [ -e "$ROOT/usr/bin/node" ] && [ ! -L "$ROOT/usr/bin/node" ]; then return 1; fi
  case $(uname -m) in
    x86_64) arch=x64 sha256=$NODE_SHA256_X64 ;;
    aarch64 | arm64) arch=arm64 sha256=$NODE_SHA256_ARM64 ;;
    *) return 1 ;;
  esac
  name=node-v$NODE_VERSION-linux-$arch
  target=$ROOT/usr/local/lib/$name
  archive=$DIR/node.tar.gz
  if ! download "https://nodejs.org/dist/v$NODE_VERSION/$name.tar.gz" "$archive"; then
    echo "Node.js could not be downloaded from nodejs.org."
    return 1
  fi
  if ! echo "$sha256  $archive" | sha256sum -c - > /dev/null 2>&1; then
    rm -f "$archive"
    step prepare_node failed
    fail node-checksum-wrong "The Node.js archive from nodejs.org does not have the expected checksum, so nothing of it was run."
  fi
  rm -rf "$target.new"
  mkdir -p "$target.new" &&
    tar -xzf "$archive" -C "$target.new" --strip-components=1 --no-same-owner || return 1
  rm -rf "$target" "$archive"
  mv "$target.new" "$target"
  for program in node npm npx; do
    ln -sf "$target/bin/$program" "$ROOT/usr/bin/$program"
  done
}

node_from_nodesource() {
  echo "Trying NodeSource."
  download https://deb.nodesource.com/setup_22.x "$DIR/nodesource.sh" &&
    bash "$DIR/nodesource.sh" && apt-get install -y -q nodejs
}

# download URL FILE
download() {
  if command -v curl > /dev/null; then
    curl --proto '=https' --tlsv1.2 -fsSL --retry 3 --connect-timeout 20 --max-time 600 -o "$2" "$1"
  elif command -v wget > /dev/null; then
    wget -q --https-only --tries=3 --timeout=30 -O "$2" "$1"
  else
    echo "Neither curl nor wget is there."
    return 1
  fi
}
`;
