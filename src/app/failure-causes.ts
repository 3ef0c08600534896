import type { OperationError } from '../services/provisioning/operations.js';
import type { StepId } from '../services/provisioning/steps/index.js';

interface Rule {
  /** Without one: at any step. */
  readonly step?: StepId;
  /** Codes of the errors it explains; other errors state their cause themselves. */
  readonly codes: RegExp;
  readonly cause: string;
}

/** Cloud provisioning guide, step 6, "Common failure causes". First match counts. */
const RULES: readonly Rule[] = [
  {
    codes: /^provisioning-in-progress$/,
    cause: 'A previous provisioning attempt is still running.',
  },
  {
    step: 'validate_token',
    codes: /^(token|scope)-/,
    cause: 'The token expired, or its scopes changed since it was checked.',
  },
  {
    step: 'create_droplet',
    codes: /^(account|droplet|request|scope)-/,
    cause: 'The limit of the DigitalOcean account is reached, or there is a payment issue.',
  },
  {
    step: 'wait_droplet',
    codes: /^(boot|droplet)-/,
    cause: 'A rare delay in DigitalOcean’s infrastructure. Retry usually works.',
  },
  {
    step: 'wait_ssh',
    codes: /^(connection|host-unreachable|session|timed-out)/,
    cause: 'A firewall or network issue between this machine and the droplet.',
  },
  {
    step: 'install_portlama',
    codes: /^(install|node)-/,
    cause: 'A transient issue of the npm registry. Retry usually works.',
  },
];

/** Probable cause; undefined if the message says enough. */
export function likelyCause({
  step,
  code,
}: Pick<OperationError, 'step' | 'code'>): string | undefined {
  const rule = RULES.find((rule) => (rule.step ?? step) === step && rule.codes.test(code));
  return rule?.cause;
}
