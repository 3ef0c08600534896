import type { Hint } from '../core/hint.js';
import { dropletPage, SUPPORT_PAGE, UNIT } from '../core/product.js';
import type { Droplet } from '../services/digitalocean/api.js';
import type { ServerEntry } from '../services/registry/registry.js';
import { powerOnHint, stillBilledText } from './power.js';
import { serverName } from './servers.js';

/** Reason why a panel does not answer, by DigitalOcean and the failure. */
export type OfflineCause =
  /** Powered off. */
  | 'off'
  /** Being created, powered on or restarted. */
  | 'starting'
  /** Another action is under way. */
  | 'busy'
  | 'gone'
  /** By DigitalOcean's administrators. */
  | 'locked'
  /** The droplet is on, and nothing comes back. */
  | 'network'
  /** The droplet answers, its panel does not. */
  | 'panel-down'
  /** Something answers, and does not prove that it is the panel. */
  | 'certificate';

export function causeText(
  { providerId }: ServerEntry,
  cause: OfflineCause,
  droplet: Droplet | undefined,
): string {
  const id = `Droplet ${providerId ?? ''}`;
  switch (cause) {
    case 'off':
      return `${id} is off. ${stillBilledText(droplet ?? { priceMonthlyUsd: undefined })}`;
    case 'starting':
      return `${id} is starting: its panel answers in about a minute.`;
    case 'busy':
      return `DigitalOcean is working on droplet ${providerId ?? ''}.`;
    case 'gone':
      return `${id} is not in the account of this token.`;
    case 'locked':
      return `DigitalOcean has locked droplet ${providerId ?? ''}.`;
    case 'network':
      return `${id} is on, but does not answer: a firewall, a broken network, or a system that hangs.`;
    case 'panel-down':
      return `${id} is on and answers, but its panel is down.`;
    case 'certificate':
      return `${id} is on, but its certificate is not the expected one.`;
  }
}

export function causeHint(server: ServerEntry, cause: OfflineCause): Hint | undefined {
  const id = serverName(server);
  switch (cause) {
    case 'off':
      return powerOnHint(server);
    case 'starting':
    case 'busy':
      return undefined;
    case 'gone':
      return [
        { lead: 'If it was destroyed, remove it from the list', command: 'servers.remove', id },
        {
          lead: 'If it is in another account, use the token of that account',
          command: 'token.set',
        },
      ];
    case 'locked':
      return `Ask DigitalOcean’s support: ${SUPPORT_PAGE}`;
    case 'network':
      return `Its console shows more: ${dropletPage(server.providerId ?? '', 'console')}`;
    case 'panel-down':
      return `On the server (ssh root@${server.ip}): systemctl status nginx ${UNIT.panel}`;
    case 'certificate':
      return { command: 'certificate.trust', id };
  }
}
