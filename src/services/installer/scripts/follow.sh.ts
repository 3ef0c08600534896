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
