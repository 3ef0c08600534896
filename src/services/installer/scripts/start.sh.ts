import { ENV, INSTALL_JOB } from '../../../core/product.js';

/**
 * start.sh: starts job.sh once, detached from the connection that asks for it. Waits until it is under way, so
 * that follow.sh can tell "not yet" from "died". Safe to call again at any time.
 */
export const START_SCRIPT = String.raw`#!/bin/sh
# Use: sh start.sh [again]      again: a new run when the earlier one ended with a failure
{ # Read to the end before anything is done: half a script does nothing.
set -e
ROOT=$${ENV.root}
DIR=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
UNIT=${INSTALL_JOB}$(basename "$DIR" | sed 's/^\.${INSTALL_JOB}//')

# The job holds this lock while it lives, however it ends.
running() { ! flock --shared --nonblock "$DIR/lock" true; }
ended() { [ -e "$DIR/exit" ]; }

if running; then exit 0; fi
if ended; then
  if [ "$1" != again ] || [ "$(cat "$DIR/exit")" = 0 ]; then exit 0; fi
  rm -f "$DIR/exit" "$DIR/repeated"
fi
: >> "$DIR/log"

# --close: what the installer leaves running must not hold the lock.
set -- env "PATH=$PATH" "${ENV.root}=$ROOT" \
  flock --close --wait 10 "$DIR/lock" sh "$DIR/job.sh"
started=no
if [ -d "$ROOT/run/systemd/system" ]; then
  # OOMPolicy: when npm is killed for memory, job.sh has to live to say so.
  # KillMode: what the installer leaves running is not the unit's to end.
  systemd-run --quiet --collect --unit="$UNIT" \
    --property=OOMPolicy=continue --property=KillMode=process "$@" \
    < /dev/null > /dev/null 2>&1 && started=yes
fi
if [ "$started" = no ]; then setsid "$@" < /dev/null > /dev/null 2>&1 & fi

tries=0
until running || ended; do
  tries=$((tries + 1))
  if [ "$tries" -gt 200 ]; then
    echo 'The installation could not be started in the background.' >&2
    exit 1
  fi
  sleep 0.05
done
exit 0
}
`;

/** follow.sh: prints the log from a position in bytes on, as it grows, until the job has ended. */
export const FOLLOW_SCRIPT = String.raw`#!/bin/sh
# Use: sh follow.sh OFFSET      exit 3: no job was ever started
{
DIR=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
offset=$1

running() { ! flock --shared --nonblock "$DIR/lock" true; }

[ -e "$DIR/log" ] || exit 3
while :; do
  # Asked before the log is read, so that everything written until the end is printed.
  ended=no
  if [ -e "$DIR/exit" ] || ! running; then ended=yes; fi
  size=$(wc -c < "$DIR/log")
  if [ "$size" -gt "$offset" ]; then
    tail -c "+$((offset + 1))" "$DIR/log" | head -c "$((size - offset))" || exit 1
    offset=$((size))
  fi
  if [ "$ended" = yes ]; then exit 0; fi
  sleep 0.2
done
}
`;
