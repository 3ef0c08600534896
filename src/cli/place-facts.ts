import { hostname, userInfo } from 'node:os';
import type { EnvironmentFacts } from '../app/settings.js';
import { findBrowser, isSshSession } from '../services/browser/browser.js';

type PlaceFacts = Pick<
  EnvironmentFacts,
  'hasBrowser' | 'inSshSession' | 'hostName' | 'reachedAt' | 'userName'
>;

/** Where the person is, as seen from this machine. */
export function placeFacts(environment: NodeJS.ProcessEnv): PlaceFacts {
  return {
    hasBrowser: findBrowser(environment) !== undefined,
    inSshSession: isSshSession(environment),
    hostName: hostname(),
    reachedAt: reachedAt(environment),
    userName: userInfo().username,
  };
}

/** `SSH_CONNECTION` holds both ends: client address and port, server address and port (sshd's environment). */
function reachedAt(environment: NodeJS.ProcessEnv): PlaceFacts['reachedAt'] {
  const [, , address, port] = (environment['SSH_CONNECTION'] ?? '').split(' ');
  return address === undefined || port === undefined ? undefined : { address, port };
}
