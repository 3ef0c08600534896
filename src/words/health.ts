import type { CheckResult } from '../services/health/health.js';

/** Formats the answer of a panel: `online, 21 ms, panel 0.1.30`, `offline: connection refused`. */
export function healthText(result: CheckResult): string {
  if (result.state !== 'online') return `${result.state.replaceAll('-', ' ')}: ${result.reason}`;
  const { latencyMs, version } = result;
  return `online, ${Math.round(latencyMs)} ms${version === undefined ? '' : `, panel ${version}`}`;
}
