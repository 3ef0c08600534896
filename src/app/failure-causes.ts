import type { OperationError } from '../services/provisioning/operations.js';
import type { StepId } from '../services/provisioning/records.js';

/** Cloud provisioning guide, step 6, "Common failure causes". */
const BY_STEP: Readonly<Partial<Record<StepId, string>>> = {
  validate_token: 'The token expired, or its scopes changed since it was checked.',
  create_droplet: 'The limit of the DigitalOcean account is reached, or there is a payment issue.',
  wait_droplet: 'A rare delay in DigitalOcean’s infrastructure. Retry usually works.',
  wait_ssh: 'A firewall or network issue between this machine and the droplet.',
  install_portlama: 'A transient issue of the npm registry. Retry usually works.',
};
const BY_CODE: Readonly<Record<string, string>> = {
  'provisioning-in-progress': 'A previous provisioning attempt is still running.',
};
/** These say themselves what is wrong. */
const PLAIN_ENOUGH =
  /^(cancelled|label-|region-|size-|keystore-|file-|symbolic-link|host-key-|out-of-memory|apt-locked|disk-)/;

/** What probably lies behind it; undefined where the message says it all. */
export function likelyCause(error: Pick<OperationError, 'step' | 'code'>): string | undefined {
  const { code, step } = error;
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code];
  return PLAIN_ENOUGH.test(code) ? undefined : BY_STEP[step];
}
