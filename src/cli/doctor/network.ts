import { PANEL_PORT } from '../../core/product.js';
import type { Finding } from './finding.js';

const VARIABLES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
];

/**
 * A proxy that others use is not used: SSH to a new droplet and its panel need the direct way, so that a provisioning
 * through a proxy would only fail later. Never shows its address, which may hold a password.
 */
export function checkNetwork(environment: NodeJS.ProcessEnv): readonly Finding[] {
  const set = VARIABLES.filter((name) => (environment[name] ?? '') !== '');
  if (set.length === 0) return [];
  return [
    {
      level: 'note',
      name: 'Network',
      text: `${set.join(', ')} ${set.length === 1 ? 'is' : 'are'} set, and not used: DigitalOcean, droplets and panels are reached directly`,
      hint: `This machine needs direct access to api.digitalocean.com (443), and to droplets (22 and ${PANEL_PORT}).`,
    },
  ];
}
