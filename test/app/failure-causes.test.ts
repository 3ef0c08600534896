import { describe, expect, it } from 'vitest';
import { likelyCause } from '../../src/app/failure-causes.js';

describe('likely cause', () => {
  it.each([
    ['validate_token', 'token-invalid', /expired/],
    ['create_droplet', 'droplet-limit', /limit/],
    ['wait_droplet', 'boot-timeout', /delay/],
    ['wait_ssh', 'connection-refused', /[Ff]irewall/],
    ['install_portlama', 'install-failed', /npm registry/],
    ['validate_token', 'provisioning-in-progress', /still running/],
  ] as const)('of %s failing with %s is named', (step, code, expected) => {
    expect(likelyCause({ step, code })).toMatch(expected);
  });

  it.each([
    ['validate_token', 'label-taken'],
    ['validate_token', 'keystore-locked'],
    ['wait_ssh', 'host-key-changed'],
    ['install_portlama', 'out-of-memory'],
    ['wait_ssh', 'cancelled'],
    ['validate_token', 'account-locked'],
    ['create_droplet', 'dns-failed'],
    ['install_portlama', 'connection-lost'],
    ['save_registry', 'registry-busy'],
  ] as const)('of %s failing with %s is left to the message', (step, code) => {
    expect(likelyCause({ step, code })).toBeUndefined();
  });
});
