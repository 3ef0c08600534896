import type { Region, Size } from '../services/digitalocean/api.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';

/** `512 MB RAM / 1 vCPU / 10 GB SSD` */
export function sizeText({ memoryMb, vcpus, diskGb }: Size): string {
  const memory = memoryMb < 1024 ? `${memoryMb} MB` : `${memoryMb / 1024} GB`;
  return `${memory} RAM / ${vcpus} vCPU / ${diskGb} GB SSD`;
}

/** `Fastest region: Frankfurt 1 (fra1), 9 ms.` */
export function fastestRegionText({ name, slug }: Region, medianMs: number): string {
  return `Fastest region: ${name} (${slug}), ${Math.round(medianMs)} ms.`;
}

/** `9 ms`, or that it could not be measured. */
export function latencyText(latency: RegionLatency | undefined): string {
  return latency?.state === 'measured' ? `${Math.round(latency.medianMs)} ms` : 'no measurement';
}
