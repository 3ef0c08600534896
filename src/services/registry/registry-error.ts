import { PortlamaError } from '../../core/errors.js';

/** servers.json could not be read or changed: `registry-unreadable`, `registry-busy`, `server-unknown`, … */
export class RegistryError extends PortlamaError {
  override readonly name = 'RegistryError';
}
