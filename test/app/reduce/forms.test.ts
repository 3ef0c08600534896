import { describe, expect, it } from 'vitest';
import type { WizardEvent } from '../../../src/app/events.js';
import { reduce } from '../../../src/app/store.js';
import { sortedRegions } from '../../../src/usecases/regions.js';
import { DEFAULT_SETTINGS } from '../../fixtures/settings.js';
import { type AppState, initialState } from '../../../src/app/state.js';
import type { RegionLatency } from '../../../src/services/latency/measure-regions.js';
import { FakeWorld } from '../fakes/fake-world.js';

const { environment, keystore } = new FakeWorld().ports;
const START = initialState({ settings: DEFAULT_SETTINGS, environment, keystore });

function after(...events: readonly WizardEvent[]): AppState {
  return [{ type: 'wizard-opened' } as const, ...events].reduce<AppState>(reduce, START);
}

const region = (slug: string) => ({
  slug,
  name: slug,
  available: true,
  sizes: ['s-1vcpu-512mb-10gb'],
});
const loaded = {
  type: 'regions-loaded',
  regions: ['ams3', 'fra1', 'nyc1', 'sgp1'].map(region),
  sizes: [],
} as const;
function measured(slug: string, medianMs: number): WizardEvent {
  const latency: RegionLatency = { state: 'measured', medianMs, jitterMs: 1, samplesMs: [] };
  return { type: 'region-measured', slug, latency };
}

describe('wizard', () => {
  it('chooses the fastest region for the person', () => {
    expect(after(loaded, measured('nyc1', 90)).wizard?.region).toBe('nyc1');
    const better = after(loaded, measured('nyc1', 90), measured('fra1', 9));
    expect(better.wizard?.region).toBe('fra1');
    expect(better.wizard?.moved).toBe(false);
  });

  it('leaves the choice alone once the person has moved', () => {
    const state = after(
      loaded,
      measured('nyc1', 90),
      { type: 'region-chosen', slug: 'sgp1' },
      measured('fra1', 9),
    );
    expect(state.wizard?.region).toBe('sgp1');
  });

  it('chooses again when the chosen region is not offered any more', () => {
    const state = after(
      loaded,
      { type: 'region-chosen', slug: 'sgp1' },
      { ...loaded, regions: ['ams3', 'fra1'].map(region) },
    );
    expect(state.wizard?.region).toBe('ams3');
  });

  const small = ['s-1vcpu-512mb-10gb', 's-1vcpu-1gb'];
  const sized = {
    type: 'regions-loaded',
    regions: [
      { ...region('fra1'), sizes: small },
      { ...region('lon1'), sizes: ['s-1vcpu-1gb'] },
    ],
    sizes: small.map((slug) => ({
      slug,
      memoryMb: 512,
      vcpus: 1,
      diskGb: 10,
      priceMonthlyUsd: 4,
      available: true,
      regions: [],
    })),
  } as const;
  const listed = (state: AppState) => state.wizard?.regions.list.map(({ slug }) => slug);

  it('shows the regions that offer the size', () => {
    expect(listed(after(sized))).toEqual(['fra1']);
    const state = after(sized, { type: 'size-chosen', slug: 's-1vcpu-1gb' });
    expect(listed(state)).toEqual(['fra1', 'lon1']);
    expect(state.wizard?.regions.size?.slug).toBe('s-1vcpu-1gb');
  });

  it('keeps the region when another size is chosen in a later step, which has to be agreed to again', () => {
    const state = after(
      sized,
      { type: 'region-chosen', slug: 'fra1' },
      { type: 'wizard-step', step: 'create' },
      { type: 'size-chosen', slug: 's-1vcpu-1gb' },
    );
    expect(state.wizard).toMatchObject({ step: 'label', region: 'fra1', lostRegion: undefined });
  });

  it('leads back to the regions when the chosen one does not offer the size', () => {
    const state = after(
      sized,
      { type: 'size-chosen', slug: 's-1vcpu-1gb' },
      { type: 'region-chosen', slug: 'lon1' },
      { type: 'wizard-step', step: 'label' },
      { type: 'size-chosen', slug: 's-1vcpu-512mb-10gb' },
    );
    expect(state.wizard).toMatchObject({ step: 'region', region: 'fra1', lostRegion: 'lon1' });
  });

  it('puts measured regions first, unmeasured next, failed last', () => {
    const state = after(loaded, measured('sgp1', 170), measured('nyc1', 90), {
      type: 'region-measured',
      slug: 'ams3',
      latency: { state: 'failed', reason: 'timed out' },
    });
    const slugs = sortedRegions(state.wizard!.regions).map(({ slug }) => slug);
    expect(slugs).toEqual(['nyc1', 'sgp1', 'fra1', 'ams3']);
  });

  it('forgets what was found out about a token once it is edited', () => {
    const error = { code: 'x', message: 'no', hint: undefined, logReference: undefined };
    const state = after(
      { type: 'token-checking', source: 'entered' },
      { type: 'token-check-failed', error },
      { type: 'token-edited' },
    );
    expect(state.wizard?.token).toEqual({ source: 'none', check: { state: 'unchecked' } });
  });

  it('ignores an answer about a token that was edited in the meantime', () => {
    const error = { code: 'x', message: 'no', hint: undefined, logReference: undefined };
    const state = after(
      { type: 'token-checking', source: 'entered' },
      { type: 'token-edited' },
      { type: 'token-check-failed', error },
    );
    expect(state.wizard?.token.check.state).toBe('unchecked');
  });

  it('goes back to the label when a confirmed one is edited', () => {
    const state = after(
      { type: 'wizard-step', step: 'create' },
      { type: 'label-edited', label: 'edge' },
    );
    expect(state.wizard).toMatchObject({ step: 'label', label: 'edge' });
  });

  it('ignores answers that arrive after it was left', () => {
    const closed = reduce(after(), { type: 'wizard-closed' });
    expect(reduce(closed, loaded)).toBe(closed);
  });
});
