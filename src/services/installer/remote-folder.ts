import { INSTALL_JOB } from '../../core/product.js';
/** Home of the connecting user on a droplet. */
export const REMOTE_HOME = '/root';

/** The folder of one operation on the droplet. The id goes into a shell command, so it is nothing but letters, digits and hyphens. */
export function remoteFolder(operationId: string, home: string): string {
  if (!/^[A-Za-z0-9-]{1,64}$/.test(operationId)) {
    throw new TypeError('An operation id is made of letters, digits and hyphens.');
  }
  return `${home}/.${INSTALL_JOB}${operationId}`;
}
