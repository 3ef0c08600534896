import { PortlamaError } from '../../core/errors.js';

/** A provisioning could not be started, continued or finished. */
export class ProvisioningError extends PortlamaError {
  override readonly name = 'ProvisioningError';
}

/** The person, or SIGTERM, asked the worker to stop. */
export class CancelledError extends ProvisioningError {
  constructor() {
    super({ code: 'cancelled', message: 'The provisioning was cancelled.' });
  }
}
