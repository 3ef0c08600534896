import { ENV } from '../core/product.js';
import { ownFile } from '../services/process/own-file.js';
import { childEnvironment } from '../services/process/program.js';
import type { Settings } from '../cli/settings.js';

/** The program's own entry, for starting it again as a worker or as the sandbox. */
export function mainModule(): string {
  return ownFile('main.js');
}

/** Certificate authorities that the person named; without them a worker would not reach the API that this process does. */
const AUTHORITIES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'] as const;

/** Environment for another process of this program with these settings. Holds no secret, except in `added`. */
export function ownEnvironment(
  settings: Settings,
  added: NodeJS.ProcessEnv = {},
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const authorities = AUTHORITIES.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return childEnvironment(environment, {
    ...Object.fromEntries(authorities),
    [ENV.home]: settings.homeSetting,
    [ENV.sandboxDelays]: String(settings.sandboxDelays),
    [ENV.sandboxPatience]: String(settings.sandboxPatience),
    ...added,
  });
}
