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

# Sets locked and holder when somebody holds one of the locks. Lines of /proc/locks end in:
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
