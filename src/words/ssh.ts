import { dropletPage } from '../core/product.js';
import type { PublicKey } from '../services/ssh/public-keys.js';
import type { Confirmation, Line } from './question.js';
import type { ServerEntry } from '../services/registry/registry.js';

/** `SHA256:…  me@laptop` */
export function keyText({ sha256, comment }: Pick<PublicKey, 'sha256' | 'comment'>): string {
  return `${sha256}  ${comment}`.trimEnd();
}

/** Sentences for keys that are about to stay on a droplet. */
export function keysStayLines(keys: readonly { readonly sha256: string }[]): readonly Line[] {
  return [
    ...keys.map(({ sha256 }) => `SSH key ${sha256} stays on the droplet.`),
    'Whoever has its private half is root there, until its line is removed from /root/.ssh/authorized_keys.',
  ];
}

/** Asks about keys that came over the network; `--yes` takes their fingerprints. */
export function githubKeysQuestion(user: string, keys: readonly PublicKey[]): Confirmation {
  const sums = keys.map(({ sha256 }) => sha256);
  const value = sums.join(',');
  return {
    title: `SSH keys of ${user}`,
    lines: [
      `GitHub says that these are the public keys of ${user}:`,
      ...sums.map((sha256) => `  ${sha256}`),
      'Whoever has a private half of them will be root on the droplet. Compare them with ssh-keygen -lf FILE.',
    ],
    yes: 'Keep them',
    danger: true,
    typed: user,
    effect: 'put them on the droplet',
    advance: {
      value,
      accepts: (text) => text.split(',').sort().join() === [...sums].sort().join(),
      refusal: `The keys of ${user} on GitHub are taken only when their fingerprints are repeated.`,
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
