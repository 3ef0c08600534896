import { ENV, INSTALL_JOB, STAGED_SUFFIX } from '../../../core/product.js';
/**
 * hand-over.sh: ends what the installation needed. The host key that was in the user data is replaced by one
 * that never left the server, the temporary key loses its access, and the folder of the installation goes.
 */
export const HAND_OVER_SCRIPT = String.raw`#!/bin/sh
# Use: sh hand-over.sh prepare      prints the public half of a fresh host key
#      sh hand-over.sh apply        puts it in force; the temporary public key is read from standard input
{
set -e
umask 077
ROOT=$${ENV.root}
DIR=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
SSH=$ROOT/etc/ssh
KEY=$SSH/ssh_host_ed25519_key
AUTHORIZED=$ROOT/root/.ssh/authorized_keys

prepare() {
  if [ ! -e "$DIR/host_key.pub" ]; then
    rm -f "$DIR/new_key" "$DIR/new_key.pub"
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$DIR/new_key"
    mv "$DIR/new_key" "$DIR/host_key"
    mv "$DIR/new_key.pub" "$DIR/host_key.pub"
  fi
  cut -d ' ' -f 1,2 "$DIR/host_key.pub"
}

apply() {
  read -r _type temporary _comment || true
  if [ -z "$temporary" ]; then echo 'No temporary key was given.' >&2; exit 64; fi
  if [ ! -e "$DIR/host_key.pub" ]; then echo 'No fresh host key was prepared.' >&2; exit 65; fi
  install_host_key
  reload_sshd
  remove_temporary_key
  case $DIR in */.${INSTALL_JOB}?*) rm -rf "$DIR" ;; esac
}

install_host_key() {
  cp "$DIR/host_key" "$KEY${STAGED_SUFFIX}"
  cp "$DIR/host_key.pub" "$KEY.pub${STAGED_SUFFIX}"
  chmod 644 "$KEY.pub${STAGED_SUFFIX}"
  mv "$KEY${STAGED_SUFFIX}" "$KEY"
  mv "$KEY.pub${STAGED_SUFFIX}" "$KEY.pub"
  for other in "$SSH"/ssh_host_*; do
    case $other in "$KEY" | "$KEY.pub") ;; *) rm -f "$other" ;; esac
  done
}

# Open connections, this one included, keep the old keys.
reload_sshd() {
  systemctl reload ssh 2> /dev/null || systemctl reload sshd 2> /dev/null ||
    systemctl restart ssh 2> /dev/null || kill -HUP "$(cat "$ROOT/run/sshd.pid")"
}

remove_temporary_key() {
  [ -e "$AUTHORIZED" ] || return 0
  grep -vF -- "$temporary" "$AUTHORIZED" > "$AUTHORIZED${STAGED_SUFFIX}" || [ $? = 1 ]
  chmod 600 "$AUTHORIZED${STAGED_SUFFIX}"
  mv "$AUTHORIZED${STAGED_SUFFIX}" "$AUTHORIZED"
}

case $1 in
  prepare) prepare ;;
  apply) apply ;;
  *) exit 64 ;;
esac
exit 0
}
`;
