const AUTHORIZED_KEYS = '/root/.ssh/authorized_keys';
const HOST_KEY = '/etc/ssh/ssh_host_ed25519_key.pub';
/** Hours that a line opens the server for, by the server's own clock, if nothing removes it. */
export const LOGIN_HOURS = 2;

interface AdmittedKey {
  /** `ssh-ed25519 AAAA… portlama-recover-1a2b3c4d` */
  readonly publicKey: string;
}

/** Command that lets the key in, as one line for a terminal of root on the server; prints the host key's fingerprint. */
export function admitLine({ publicKey }: AdmittedKey): string {
  const until = `$(date -ud '+${LOGIN_HOURS} hours' +%Y%m%d%H%MZ)`;
  return [
    'install -d -m 700 /root/.ssh',
    // A file may end without a line feed.
    `printf '\\nrestrict,expiry-time="%s" %s\\n' "${until}" '${publicKey}' >>${AUTHORIZED_KEYS}`,
    `chmod 600 ${AUTHORIZED_KEYS}`,
    `ssh-keygen -lf ${HOST_KEY}`,
  ].join(' && ');
}

/** Command that takes its lines away again; fails when one is left. */
export function dismissCommand({ publicKey }: AdmittedKey): string {
  const [, , mark = ''] = publicKey.split(' ');
  const lines = `-e '/^$/{N;/ ${mark}$/d}' -e '/ ${mark}$/d'`;
  return `sed -i --follow-symlinks ${lines} ${AUTHORIZED_KEYS} && ! grep -q ${mark} ${AUTHORIZED_KEYS}`;
}
