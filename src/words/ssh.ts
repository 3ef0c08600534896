import { dropletPage } from '../core/product.js';
import type { PublicKey } from '../services/ssh/public-keys.js';
import type { Confirmation, Line, TextQuestion } from './question.js';
import type { ServerEntry } from '../services/registry/registry.js';

/** `SHA256:…  me@laptop` */
export function keyText({ sha256, comment }: Pick<PublicKey, 'sha256' | 'comment'>): string {
  return `${sha256}  ${comment}`.trimEnd();
}

/** Sentences for keys that are about to stay on a droplet. */
export function keysStayLines(keys: readonly { readonly sha256: string }[]): readonly Line[] {
  return [
    ...keys.map(({ sha256 }) => `SSH key ${sha256} stays on the droplet.`),
    'Anyone with the private key is root there until its line is removed from /root/.ssh/authorized_keys.',
  ];
}

/** Question about the keys of a new server; none stays unless one is chosen. */
export const SSH_KEY_CHOICE = {
  title: 'SSH key on the new server',
  lines: [
    'None, the default: nobody can log in to the server by SSH. You manage it through its panel; if you ever need a shell, add a key in DigitalOcean’s console.',
    'With your key, i opens a shell on the server. Anyone with the private key is root there.',
  ],
  options: [
    { label: 'None', value: 'none' },
    { label: 'File', value: 'file' },
    { label: 'SSH agent', value: 'agent' },
    { label: 'GitHub user', value: 'github' },
    { label: 'Key of the account', value: 'account' },
  ],
} as const;

export const SSH_KEY_FILE: TextQuestion = {
  title: 'SSH key of a file',
  lines: ['The public key: its name ends in .pub. A private key is refused.'],
  field: 'File',
  initial: '~/.ssh/id_ed25519.pub',
  isPath: true,
};

export const SSH_KEY_GITHUB: TextQuestion = {
  title: 'SSH keys of a GitHub user',
  lines: ['Their fingerprints are shown next; you confirm them by typing the user name.'],
  field: 'User name',
};

/** `none`, or where the keys are from: `github:torvalds`. */
export function sshKeyText(source: string | undefined): string {
  const name = source?.replace(/^.*\//, '') ?? 'none';
  return `SSH key: ${name.length > 24 ? `${name.slice(0, 23)}…` : name}`;
}

/** Asks about keys that came over the network; `--yes` takes their fingerprints. */
export function githubKeysQuestion(user: string, keys: readonly PublicKey[]): Confirmation {
  const sums = keys.map(({ sha256 }) => sha256);
  const value = sums.join(',');
  return {
    title: `SSH keys of ${user}`,
    lines: [
      `Public keys of ${user} on GitHub:`,
      ...sums.map((sha256) => `  ${sha256}`),
      'Anyone with one of the private keys is root on the droplet. Compare them with ssh-keygen -lf FILE.',
    ],
    yes: 'Keep them',
    danger: true,
    typed: user,
    effect: 'put them on the droplet',
    advance: {
      value,
      accepts: (text) => text.split(',').sort().join() === [...sums].sort().join(),
      refusal: `Not confirmed: the keys of ${user} on GitHub were not used.`,
    },
  };
}

/** Way to put a key on a droplet that has none of the person's: its console, and the line to run there. */
export function addKeyLines(server: ServerEntry, keys: readonly string[]): readonly Line[] {
  return [
    `Open the console of ${server.label}, and run there as root:`,
    { url: consoleUrl(server) },
    { strong: 'install -d -m 700 /root/.ssh' },
    ...keys.map((line) => ({ strong: `echo '${line}' >> /root/.ssh/authorized_keys` })),
    { strong: 'chmod 600 /root/.ssh/authorized_keys' },
  ];
}

/** DigitalOcean's page with a terminal on the droplet. */
export function consoleUrl({ providerId }: Pick<ServerEntry, 'providerId'>): string {
  return dropletPage(providerId ?? '', 'terminal/ui/');
}
