import { isIP } from 'node:net';
import { systemCodeOf } from '../../core/errors.js';
import { latencyEndpoint } from './endpoints.js';
import type { MeasureOptions, MeasureRegions, RegionLatency } from './latency.js';

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
  ENETUNREACH: 'there is no way to it',
  EHOSTUNREACH: 'there is no way to it',
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
