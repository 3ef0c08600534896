import type { Sandbox } from '../../fixtures/open-sandbox.js';

/** A run without the fault that is tried: what makes it take another way, and how it ends. */
export interface Scenario {
  readonly name: string;
  readonly prepare: (controls: Sandbox['controls']) => void;
  readonly ends: 'succeeded' | 'failed';
  /** Asks for a domain whose name leads elsewhere before. */
  readonly hasDomain?: true;
}

const lost = (path: string, acts: boolean): Scenario['prepare'] => {
  return (controls) => controls.addFault({ kind: 'reset', acts, match: { method: 'POST', path } });
};

const failing: Scenario['prepare'] = (controls) =>
  controls.addDropletFault({
    kind: 'install-fails',
    step: 'deploy_panel',
    message: 'npm registry is not reachable',
  });

/** Together they make every call that provisioning can make. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'a good run', prepare: () => undefined, ends: 'succeeded' },
  {
    name: 'a clean-up',
    prepare: failing,
    ends: 'failed',
  },
  { name: 'a domain', prepare: () => undefined, ends: 'succeeded', hasDomain: true },
  { name: 'a domain in a clean-up', prepare: failing, ends: 'failed', hasDomain: true },
  {
    name: 'a droplet whose answer is lost',
    prepare: lost('/v2/droplets', true),
    ends: 'succeeded',
  },
  {
    name: 'a droplet whose request is lost',
    prepare: lost('/v2/droplets', false),
    ends: 'succeeded',
  },
  {
    name: 'a key whose answer is lost',
    prepare: lost('/v2/account/keys', true),
    ends: 'succeeded',
  },
];
