import { isIP } from 'node:net';
import type { Clock } from '../../core/time.js';
import type { Dial } from '../network/dial.js';
import { systemCodeOf } from '../../core/errors.js';

/**
 * Hosts measured for each region: DigitalOcean's object storage, since its speed test hosts are
 * gone (contract: Latency). Regions without storage of their own use the nearest one.
 */
const STORAGE_OF: Readonly<Record<string, string>> = {
  nyc1: 'nyc3',
  nyc2: 'nyc3',
  nyc3: 'nyc3',
  ams3: 'ams3',
  sfo2: 'sfo3',
  sfo3: 'sfo3',
  sgp1: 'sgp1',
  lon1: 'lon1',
  fra1: 'fra1',
  tor1: 'tor1',
  blr1: 'blr1',
  syd1: 'syd1',
  atl1: 'atl1',
  ric1: 'ric1',
  mkc1: 'mkc1',
};

/** Host whose TCP connect time stands for the region; undefined when there is none. */
export function latencyEndpoint(regionSlug: string): string | undefined {
  const storage = Object.hasOwn(STORAGE_OF, regionSlug) ? STORAGE_OF[regionSlug] : undefined;
  return storage === undefined ? undefined : `${storage}.digitaloceanspaces.com`;
}

/** Latency to one region, or its absence. */
export type RegionLatency =
  | { readonly state: 'measuring' }
  | {
      readonly state: 'measured';
      readonly medianMs: number;
      /** Median absolute deviation. */
      readonly jitterMs: number;
      /** TCP connect times, oldest first, milliseconds. */
      readonly samplesMs: readonly number[];
    }
  | { readonly state: 'failed'; readonly reason: string };

interface MeasureOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly onSample: (regionSlug: string, latency: RegionLatency) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Measures all regions at once; resolves when every one is measured or failed. Never rejects but on abort. */
type MeasureRegions = (regionSlugs: readonly string[], options: MeasureOptions) => Promise<void>;

const PORT = 443;
/** After the first, which ranks the regions and includes the look-up of the name. */
const SAMPLES = 5;
const FIRST_TRIES = 2;
const PAUSE_MS = 50;
const TIMEOUT_MS = 3_000;

/** Measures by TCP connects. Regions that share a measuring point share its samples. */
export const measureRegions: MeasureRegions = async (regionSlugs, options) => {
  options.signal?.throwIfAborted();
  const regionsOf = new Map<string, string[]>();
  for (const slug of regionSlugs) {
    const host = latencyEndpoint(slug);
    if (host === undefined) options.onSample(slug, NO_ENDPOINT);
    else regionsOf.set(host, [...(regionsOf.get(host) ?? []), slug]);
  }
  await Promise.all(
    [...regionsOf].map(([host, slugs]) =>
      measureHost(host, options, (latency) => {
        if (options.signal?.aborted) return;
        for (const slug of slugs) options.onSample(slug, latency);
      }),
    ),
  );
  options.signal?.throwIfAborted();
};

const NO_ENDPOINT: RegionLatency = { state: 'failed', reason: 'there is nothing to measure there' };

interface Connected {
  readonly elapsedMs: number;
  /** Address that was connected to; undefined when a direct connection is not allowed. */
  readonly address: string | undefined;
}

async function measureHost(
  host: string,
  options: MeasureOptions,
  publish: (latency: RegionLatency) => void,
): Promise<void> {
  const first = await firstConnect(host, options);
  if (options.signal?.aborted) return;
  if ('reason' in first) {
    publish({ state: 'failed', reason: first.reason });
    return;
  }
  publish(measured([first.elapsedMs]));
  const samples: number[] = [];
  for (let round = 0; round < SAMPLES; round++) {
    await options.clock.sleep(PAUSE_MS, options.signal).catch(() => {});
    if (options.signal?.aborted) return;
    const sample = await connectOnce(first.address ?? host, options);
    // A lost packet in between is no failure of the region: the samples there are count.
    if ('reason' in sample) continue;
    samples.push(sample.elapsedMs);
    publish(measured(samples));
  }
}

async function firstConnect(
  host: string,
  options: MeasureOptions,
): Promise<Connected | { readonly reason: string }> {
  for (let tries = 1; ; tries++) {
    const result = await connectOnce(host, options);
    if (!('reason' in result) || tries === FIRST_TRIES || options.signal?.aborted) return result;
  }
}

async function connectOnce(
  host: string,
  { dial, clock, signal }: MeasureOptions,
): Promise<Connected | { readonly reason: string }> {
  const start = clock.monotonic();
  try {
    const socket = await dial(host, PORT, { timeoutMs: TIMEOUT_MS, signal });
    const elapsedMs = clock.monotonic() - start;
    const address = directAddress(socket.remoteAddress);
    socket.on('error', () => {});
    socket.destroy();
    return { elapsedMs, address };
  } catch (error) {
    return { reason: REASONS[systemCodeOf(error) ?? ''] ?? 'the connection failed' };
  }
}

/**
 * The address behind the name, so that later samples do not look it up again. A connection that went through a
 * proxy on this machine ends at the proxy, which is not the address of the name.
 */
function directAddress(address: string | undefined): string | undefined {
  if (address === undefined || isIP(address) === 0) return undefined;
  return /^(127\.|::1$|::ffff:127\.)/.test(address) ? undefined : address;
}

const REASONS: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'no answer in time',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved at the moment',
  ENETUNREACH: 'it cannot be reached',
  EHOSTUNREACH: 'it cannot be reached',
};

function measured(samplesMs: readonly number[]): RegionLatency {
  const medianMs = median(samplesMs);
  const jitterMs = median(samplesMs.map((sample) => Math.abs(sample - medianMs)));
  return { state: 'measured', medianMs, jitterMs, samplesMs: [...samplesMs] };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
