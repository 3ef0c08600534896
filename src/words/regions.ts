import type { Region, Size } from '../services/digitalocean/api.js';
import type { RegionLatency } from '../services/latency/measure-regions.js';
import { monthly, type Table } from './formats.js';

/** `512 MB RAM / 1 vCPU / 10 GB SSD` */
export function sizeText({ memoryMb, vcpus, diskGb }: Size): string {
  return `${memoryText(memoryMb)} RAM / ${vcpus} vCPU / ${diskGb} GB SSD`;
}

/** `$4/month   512 MB, 1 vCPU, 10 GB`: narrow enough for a pane. */
export function sizeLineText({ memoryMb, vcpus, diskGb, priceMonthlyUsd }: Size): string {
  const price = monthly(priceMonthlyUsd).padEnd(PRICE_COLUMNS);
  return `${price}${memoryText(memoryMb)}, ${vcpus} vCPU, ${diskGb} GB`;
}

const PRICE_COLUMNS = 11;

function memoryText(memoryMb: number): string {
  return memoryMb < 1024 ? `${memoryMb} MB` : `${memoryMb / 1024} GB`;
}

export function sizeTable(sizes: readonly Size[]): Table {
  return {
    head: ['SIZE', 'MEMORY', 'VCPU', 'DISK', 'PRICE', 'REGIONS'],
    rows: sizes.map(({ slug, memoryMb, vcpus, diskGb, priceMonthlyUsd, regions }) => [
      slug,
      memoryText(memoryMb),
      String(vcpus),
      `${diskGb} GB`,
      monthly(priceMonthlyUsd),
      regions.join(' '),
    ]),
  };
}

export function regionTable(
  rows: readonly (readonly [Region, RegionLatency | undefined])[],
): Table {
  return {
    head: ['REGION', 'NAME', 'LATENCY'],
    rows: rows.map(([{ slug, name }, latency]) => [slug, name, latencyText(latency)]),
  };
}

/** `Fastest region: Frankfurt 1 (fra1), 9 ms.` */
export function fastestRegionText({ name, slug }: Region, medianMs: number): string {
  return `Fastest region: ${name} (${slug}), ${Math.round(medianMs)} ms.`;
}

/** `9 ms`, or that it could not be measured. */
export function latencyText(latency: RegionLatency | undefined): string {
  return latency?.state === 'measured' ? `${Math.round(latency.medianMs)} ms` : 'no measurement';
}

/** The specification's tip (step 4), one line a continent. */
export const REGION_TIPS: readonly string[] = [
  'Europe: fra1 or ams3 are usually the fastest.',
  'United States: nyc1, nyc3 or sfo3.',
  'Asia-Pacific: sgp1 or blr1.',
];
